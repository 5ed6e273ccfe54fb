import type { Platform } from './platform-over-memory.ts';

/** What a platform has done so far, for comparing before and after. Rows of denials and rejections count apart. */
export interface Trace {
  readonly changes: {
    readonly sessions: unknown;
    readonly roomRequests: number;
    readonly rooms: number;
    readonly grants: number;
    readonly otherRows: number;
  };
  readonly denials: number;
}

export function traceOf({ sessions, rooms, audit }: Platform): Trace {
  const isDenial = ({ outcome }: { readonly outcome: string }): boolean => outcome === 'denied';
  return {
    changes: {
      sessions: structuredClone(sessions.sessions),
      roomRequests: rooms.requests.length,
      rooms: rooms.rooms.length,
      grants: audit.events.filter(({ token }) => token !== undefined).length,
      otherRows: audit.events.filter((event) => !isDenial(event)).length,
    },
    denials: audit.events.filter(isDenial).length,
  };
}
