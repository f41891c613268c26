// What a menu is made of.

/** An action, a divider, or a heading. */
export type MenuItem =
  | {
      kind: 'action';
      label: string;
      /** A second line. */
      description?: string;
      run: () => void;
      shortcut?: string;
      danger?: boolean;
      disabled?: boolean;
      checked?: boolean;
      testid?: string;
    }
  | { kind: 'line' }
  | { kind: 'words'; label: string };
