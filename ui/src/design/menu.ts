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
      /** Whether what it does takes the focus, which then does not come back to the menu's button. */
      moves?: boolean;
      testid?: string;
    }
  | { kind: 'line' }
  | { kind: 'words'; label: string };
