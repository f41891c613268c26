// One ticker for every live duration of the window; it rests while nobody looks.
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const tick = setInterval(() => {
    if (!document.hidden) update();
  }, 1000);
  document.addEventListener('visibilitychange', update);
  return () => {
    clearInterval(tick);
    document.removeEventListener('visibilitychange', update);
  };
});

/** Now, in milliseconds; inside a template it is read anew each second. */
export function now(): number {
  subscribe();
  return Date.now();
}
