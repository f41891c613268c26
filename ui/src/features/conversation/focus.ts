// Where the keys go inside a conversation.

/** Moves the focus to a request that waits, the newest where none is named; answers whether there is one. */
export function focusRequest(within: ParentNode, id?: string): boolean {
  const waiting = [...within.querySelectorAll<HTMLElement>('[data-request][tabindex="0"]')];
  const request = id === undefined ? waiting.at(-1) : waiting.find((one) => one.dataset['request'] === id);
  request?.focus();
  return request !== undefined && document.activeElement === request;
}

/** Moves the focus to where the next message is typed. */
export function focusComposer(within: ParentNode): void {
  within.querySelector<HTMLElement>('[data-testid="composer"]')?.focus();
}

/** Moves the focus to the words that are looked for, to be typed over. */
export function focusFind(within: ParentNode): void {
  const field = within.querySelector<HTMLInputElement>('[data-testid="find"]');
  field?.focus();
  field?.select();
}
