// What to look at when something is odd, as lines to read and to copy.
import type { Diagnostics } from '../../backend/backend';

/** One line of the report. */
export interface Line {
  name: string;
  value: string;
}

/** The report's lines; times count from the start of the process. */
export function lines(report: Diagnostics): Line[] {
  const millis = (value: number | null) => (value === null ? 'not yet' : `${Math.round(value)} ms`);
  return [
    { name: 'Version', value: report.version },
    { name: 'Git', value: report.git },
    { name: 'State', value: report.dataDirectory },
    { name: 'Logs', value: report.logDirectory },
    { name: 'Core ready after', value: millis(report.coreReadyMs) },
    { name: 'First paint after', value: millis(report.firstPaintMs) },
    { name: 'Settled after', value: millis(report.settledMs) },
    { name: 'Live agents', value: String(report.liveAgents) },
    { name: 'Cards mended', value: String(report.driftRepaired) },
    { name: 'Database', value: report.database },
  ];
}
