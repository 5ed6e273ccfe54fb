import { LkpsError } from '../../core/index.ts';
import { withFaults, type Fault } from './memory-faults.ts';
import type { OutsidePorts } from './platform-ports.ts';

export type PortName = keyof OutsidePorts;

export interface PortFaults {
  /** What becomes of each call of any port, asked in the order of the calls. */
  readonly next: (port: PortName, method: string) => Fault;
  /** What a port rejects with; by default what its contract says. */
  readonly failure?: (port: PortName) => Error;
  /** What every call waits for before it does anything. */
  readonly lag?: () => Promise<void>;
}

/** Every call of a port, or of one method of it (`sessions.record`), fails in one way. */
export function failingAt(call: PortName | `${PortName}.${string}`, fault: Fault): PortFaults {
  return { next: (port, method) => (call === port || call === `${port}.${method}` ? fault : 'none') };
}

/** The same ports, any call of which may fail: before its effect, or after it. */
export function faultyPorts(
  ports: OutsidePorts,
  { next, failure = contractual, lag }: PortFaults,
): OutsidePorts {
  const wrap = <Name extends PortName>(name: Name): OutsidePorts[Name] =>
    withFaults(
      lag === undefined ? ports[name] : lagging(ports[name], lag),
      (method) => next(name, method),
      () => failure(name),
    );
  return {
    identity: wrap('identity'),
    directory: wrap('directory'),
    agents: wrap('agents'),
    cutOffs: wrap('cutOffs'),
    sessions: wrap('sessions'),
    audit: wrap('audit'),
    tokens: wrap('tokens'),
    rooms: wrap('rooms'),
    webhooks: wrap('webhooks'),
    workers: wrap('workers'),
  };
}

/** The same port, none of whose calls does anything at once. */
function lagging<Port extends object>(port: Port, lag: () => Promise<void>): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      return typeof member !== 'function'
        ? member
        : async (...args: unknown[]): Promise<unknown> => {
            await lag();
            return Reflect.apply(member, target, args) as unknown;
          };
    },
  });
}

/** Signing and verifying reach nothing, so no code stands for their failure: it is a defect. */
function contractual(port: PortName): Error {
  switch (port) {
    case 'identity':
    case 'directory':
      return new LkpsError('authorization_unavailable', 'planted fault');
    case 'agents':
    case 'cutOffs':
    case 'sessions':
    case 'audit':
    case 'workers':
      return new LkpsError('audit_unavailable', 'planted fault');
    case 'rooms':
      return new LkpsError('livekit_unavailable', 'planted fault');
    case 'tokens':
    case 'webhooks':
      return new Error('planted defect');
  }
}
