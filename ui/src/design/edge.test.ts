import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it } from 'vitest';
import Edge from './Edge.svelte';

afterEach(cleanup);

function edge(orientation: 'vertical' | 'horizontal') {
  const sizes: number[] = [];
  const resize = (size: number) => void sizes.push(size);
  render(Edge, { label: 'Width', orientation, value: 300, min: 280, max: () => 320, resize });
  const element = screen.getByRole('separator');
  element.setPointerCapture = () => undefined;
  return { element, sizes };
}

it('the arrow keys move it within its limits', async () => {
  const { element, sizes } = edge('vertical');
  await fireEvent.keyDown(element, { key: 'ArrowLeft' });
  await fireEvent.keyDown(element, { key: 'ArrowRight' });
  await fireEvent.keyDown(element, { key: 'ArrowUp' });
  expect(sizes).toEqual([316, 284]);
});

it('it follows the pointer until it is let go, however that happens', async () => {
  const { element, sizes } = edge('horizontal');
  await fireEvent(element, new MouseEvent('pointerdown', { clientY: 100, bubbles: true }));
  await fireEvent(element, new MouseEvent('pointermove', { clientY: 90 }));
  await fireEvent(element, new MouseEvent('pointermove', { clientY: 0 }));
  await fireEvent(element, new MouseEvent('lostpointercapture'));
  await fireEvent(element, new MouseEvent('pointermove', { clientY: 95 }));
  expect(sizes).toEqual([310, 320]);
});
