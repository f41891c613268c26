// Tells the core when the window was painted; two frames after a change, for the first one only begins the painting.
import type { Backend, Moment } from '../backend/backend';

/** Reports a moment after the next paint. */
export function reportPainted(backend: Backend, moment: Moment): void {
  requestAnimationFrame(() => requestAnimationFrame(() => void backend.reportMoment(moment)));
}
