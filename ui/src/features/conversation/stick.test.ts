import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Stick } from './stick';

let container: HTMLElement;
let atEnd: boolean;
let stick: Stick;
/** A size changed, and the web view tells. */
let resized: () => void;
const place = { scrollTop: 0, scrollHeight: 1000, clientHeight: 400 };

/** The web view scrolled, and tells. */
function scrolled(change: Partial<typeof place>) {
  Object.assign(place, change);
  container.dispatchEvent(new Event('scroll'));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const Watch = class {
    constructor(told: () => void) {
      resized = told;
    }
    observe() {}
    disconnect() {}
  };
  vi.stubGlobal('ResizeObserver', Watch);
  Object.assign(place, { scrollTop: 0, scrollHeight: 1000, clientHeight: 400 });
  container = document.createElement('div');
  for (const name of ['scrollHeight', 'clientHeight'] as const)
    Object.defineProperty(container, name, { get: () => place[name] });
  Object.defineProperty(container, 'scrollTop', {
    get: () => place.scrollTop,
    set: (top: number) => (place.scrollTop = Math.min(top, place.scrollHeight - place.clientHeight)),
  });
  atEnd = true;
  stick = new Stick((end) => (atEnd = end));
  stick.attach(container);
  stick.toEnd();
  vi.advanceTimersByTime(1000);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('a scroll upwards leaves the end, one back to it returns', () => {
  scrolled({ scrollTop: 300 });
  expect(atEnd).toBe(false);
  scrolled({ scrollTop: 600 });
  expect(atEnd).toBe(true);
});

it('content that became smaller moves the view, but does not leave the end', () => {
  scrolled({ scrollHeight: 900, scrollTop: 460 });
  expect(atEnd).toBe(true);
});

it('a field below that grows takes room away, but does not leave the end', () => {
  scrolled({ clientHeight: 340, scrollTop: 595 });
  expect(atEnd).toBe(true);
});

it('a size that changed and came back moves the view, but does not leave the end', () => {
  resized();
  scrolled({ scrollTop: 560 });
  expect(atEnd).toBe(true);
  expect(place.scrollTop).toBe(600);
});

it('where all of it is on the screen, showing an entry leaves nothing behind', () => {
  stick.letGo();
  expect(atEnd).toBe(false);
  scrolled({ scrollTop: 600 });
  Object.assign(place, { scrollHeight: 400, scrollTop: 0 });
  stick.letGo();
  expect(atEnd).toBe(true);
});

it('what the person does with the wheel counts even while the content changes', () => {
  container.dispatchEvent(new Event('wheel'));
  scrolled({ scrollHeight: 1100, scrollTop: 500 });
  expect(atEnd).toBe(false);
});

it('a click on something in the list is no scroll by hand, a pull at the scroll bar is', () => {
  const button = container.appendChild(document.createElement('button'));
  button.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  scrolled({ scrollHeight: 1100, scrollTop: 560 });
  expect(atEnd).toBe(true);
  container.dispatchEvent(new Event('pointerdown'));
  scrolled({ scrollTop: 560 });
  expect(atEnd).toBe(false);
});
