// Where the keys go inside a conversation.

/** Moves the focus to the newest request that waits; answers whether there is one. */
export function focusRequest(within: ParentNode): boolean {
  const request = [...within.querySelectorAll<HTMLElement>('[data-request][tabindex="0"]')].at(-1);
  request?.focus();
  return request !== undefined && document.activeElement === request;
}

/** Moves the focus to where the next message is typed. */
export function focusComposer(within: ParentNode): void {
  within.querySelector<HTMLElement>('[data-testid="composer"]')?.focus();
}
