import { expect, it } from 'vitest';
import type { Attachment, Offers } from '../../backend/backend';
import { hintFor } from './hint';

const offers: Offers = {
  commands: [
    { name: 'review', description: 'Review a pull request', hint: '<number>' },
    { name: 'init', description: 'Begin', hint: null },
  ],
  options: [],
  images: null,
};
const picture: Attachment = { kind: 'image', id: 'a', name: 'a.png', mime: 'image/png', bytes: 1 };
const draft = (text: string, attachments: Attachment[] = []) => ({ text, attachments });

it('a command that was just chosen says what may follow it', () => {
  expect(hintFor(draft('/review '), offers, null)).toEqual({ words: '/review <number>', warns: false });
  expect(hintFor(draft('/review 12'), offers, null)).toBeNull();
  expect(hintFor(draft('/init '), offers, null)).toBeNull();
});

it('a picture for an agent that takes none is told before it is sent', () => {
  expect(hintFor(draft('look', [picture]), { ...offers, images: false }, 'Goose')).toEqual({
    words: 'Goose takes no pictures.',
    warns: true,
  });
  expect(hintFor(draft('look', [picture]), offers, 'Goose')).toBeNull();
});
