// What every part of the fake does: it notes each call and answers it.
import type { Answered } from '../backend';

const ok = <T>(data: T): Answered<T> => ({ status: 'ok', data });

/** The ground of the fake. */
export abstract class FakeCalls {
  /** Every call with what it was given, newest last. */
  calls: [string, ...unknown[]][] = [];

  protected called<T>(name: string, values: unknown[], data: T): Promise<Answered<T>> {
    this.calls.push([name, ...values]);
    return Promise.resolve(ok(data));
  }
}
