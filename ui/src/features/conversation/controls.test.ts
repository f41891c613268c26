import { expect, it } from 'vitest';
import { ChatControls, promptBeside, type ChatControl } from './controls.svelte';

const prompts = [{ ordinal: 0 }, { ordinal: 10 }, { ordinal: 30 }];

it('goes to the message before and after what is on the screen', () => {
  expect(promptBeside(prompts, 12, 'before')).toBe(10);
  expect(promptBeside(prompts, 10, 'before')).toBe(0);
  expect(promptBeside(prompts, 10, 'after')).toBe(30);
  expect(promptBeside(prompts, 0, 'before')).toBeNull();
  expect(promptBeside(prompts, 30, 'after')).toBeNull();
});

it('a conversation that closes late does not take the next one’s place', () => {
  const control = () => ({}) as ChatControl;
  const controls = new ChatControls();
  const leaveFirst = controls.take(control());
  const second = control();
  controls.take(second);
  leaveFirst();
  expect(controls.current).toBe(second);
});
