import type { WorkerMessage } from '../../core/index.ts';
import { AGENTS, HELLO, PLAIN } from './gateway-cast.ts';
import { GatewayConnection, type Question, type Surroundings, type Timer } from './gateway-connection.ts';
import { fits, moveOn } from './gateway-line-moves.ts';
import { ModelLiveKit, type ModelJob, type Upstream } from './gateway-livekit.ts';
import type { LineMove, Move } from './gateway-moves.ts';
import { GatewayPlatform } from './gateway-platform.ts';
import { law } from './gateway-report-laws.ts';
import { GatewaySite } from './gateway-site.ts';
import { GatewayTruth } from './gateway-truth.ts';
import type { Fault } from './memory-faults.ts';
import { CONTEXT } from './platform-cast.ts';

/** The last index that moves have: here also a line that is over. */
const ANY_LINE = 11;

/** Agents and their workers, LiveKit, a gateway between them, and whoever starts and ends sessions. */
export class GatewayWorld {
  readonly truth = new GatewayTruth();
  readonly livekit: ModelLiveKit;
  readonly connections: GatewayConnection[] = [];
  /** How often what came of it all. */
  readonly seen = new Map<string, number>();
  readonly #platform = new GatewayPlatform();
  readonly #site: GatewaySite;
  readonly #around: Surroundings;
  readonly #questions: Question[] = [];
  readonly #timers: Timer[] = [];
  readonly #isCareful: boolean;

  /** @param careful Of an agent's lines none is planned to close but while another one serves. */
  constructor(random: () => number, { careful = false } = {}) {
    this.#isCareful = careful;
    this.livekit = new ModelLiveKit(random);
    const shared = { platform: this.#platform, livekit: this.livekit, truth: this.truth };
    this.#site = new GatewaySite(shared);
    const count = (what: string): void => void this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
    this.#around = { ...shared, questions: this.#questions, timers: this.#timers, count };
  }

  /** Every agent is registered, and has two workers that serve it. */
  async begin(): Promise<this> {
    for (const token of [...AGENTS, ...AGENTS].keys()) {
      await this.play({ kind: 'register', agent: token });
      await this.play({ kind: 'connect', token, greeting: HELLO });
    }
    await this.play({ kind: 'settle' });
    return this;
  }

  async play(move: Move): Promise<void> {
    this.truth.tick();
    switch (move.kind) {
      case 'register':
      case 'revoke':
      case 'restore':
      case 'start_session':
      case 'stray_job':
      case 'end_session':
        return this.#site.play(move);
      case 'connect':
        return this.#connect(move.token, move.greeting);
      case 'resolve':
        return this.#resolve(nth(this.#questions, move.question), move.fault);
      case 'overdue':
        this.#fire(nth(this.#timers, move.timer));
        return;
      case 'time_out':
        this.livekit.timeOut(nth(this.livekit.jobs, move.job));
        return;
      case 'terminate':
        this.livekit.terminate(nth(this.livekit.jobs, move.job));
        return;
      case 'sweep':
        return this.#sweep();
      case 'settle':
        return this.#settle();
      case 'up':
      case 'down':
      case 'say':
      case 'answer':
      case 'update':
      case 'load_due':
      case 'drop':
      case 'close':
        this.#onLine(move, move.line);
    }
  }

  /** Everybody hears everything, every worker says yes to what it is asked, and then every timer fires. */
  async finish(): Promise<void> {
    this.truth.tick();
    do {
      await this.#settle();
      for (const connection of this.connections) {
        while (fits(connection, 'answer')) {
          moveOn(connection, { kind: 'answer', isYes: true, shown: PLAIN });
        }
      }
    } while (this.#questions.length > 0 || this.connections.some(isBusy));
    while (this.#timers.length > 0) {
      this.#fire(this.#timers[0]);
      await this.#settle();
    }
    const phases = this.connections.map(({ phase }) => phase);
    law(!phases.includes('settling'), 'what is to be closed is closed once it is settled');
    this.livekit.jobs.forEach((job) => {
      this.#expectKept(job);
    });
  }

  #onLine(move: LineMove, index: number): void {
    const fitting = this.connections.filter((connection) => fits(connection, move.kind));
    const isAny = index === ANY_LINE && (move.kind === 'say' || move.kind === 'close');
    const connection = nth(isAny ? this.connections : fitting, index);
    const mayClose = !this.#isCareful || this.connections.some((other) => isRelief(connection, other));
    if (connection !== undefined && (move.kind !== 'close' || mayClose)) {
      moveOn(connection, move);
    }
  }

  async #connect(index: number | 'forged', greeting: WorkerMessage): Promise<void> {
    const known = index === 'forged' ? undefined : nth(this.#site.tokens, index);
    const connect = (): Promise<Upstream> => Promise.resolve(this.livekit.connect());
    const admitted = await this.#platform.admitWorker
      .execute({ token: known?.token ?? 'forged', context: CONTEXT, connect })
      .catch(() => undefined);
    const isWelcome = known !== undefined && this.truth.isGood(known.token);
    law((admitted !== undefined) === isWelcome, 'who is let in holds a token from after any revocation');
    if (admitted === undefined) {
      return;
    }
    const connection = new GatewayConnection(admitted.worker, admitted.upstream, this.#around);
    this.connections.push(connection);
    connection.happen({ kind: 'worker_said', message: greeting });
  }

  /** First a question is answered, some time later the line hears of it. */
  async #resolve(question: Question | undefined, fault: Fault): Promise<void> {
    if (question === undefined) {
      return;
    }
    if (question.answer === undefined) {
      this.#platform.failing = { port: question.port, fault };
      question.answer = await question.ask();
      this.#platform.failing = undefined;
      return;
    }
    this.#questions.splice(this.#questions.indexOf(question), 1);
    question.connection.happen(question.answer);
  }

  /** Those of one offer fire in their order. */
  #fire(timer: Timer | undefined): void {
    const first = this.#timers.find(
      ({ connection, jobId }) => connection === timer?.connection && jobId === timer.jobId,
    );
    if (first !== undefined) {
      this.#timers.splice(this.#timers.indexOf(first), 1);
      first.connection.isOverdue(first.jobId, first.missing);
    }
  }

  async #sweep(): Promise<void> {
    const open = this.connections.filter(isOpen);
    const due = await this.#platform.workers.due(open.map(({ worker }) => worker));
    for (const connection of open) {
      const reason = due.get(connection.worker.connectionId);
      if (reason === 'renewed') {
        connection.planClose(reason);
      } else if (reason !== undefined) {
        connection.drop();
      }
    }
    const left = this.connections.filter(isOpen).map(({ worker }) => worker.pass);
    law(
      left.every(({ tokenId }) => this.truth.isGood(tokenId)),
      'no worker of a revoked agent stays, nor one from before the revocation',
    );
    law(new Set(left.map(({ tokenId }) => tokenId)).size === left.length, 'a token has one connection');
  }

  async #settle(): Promise<void> {
    while (this.#questions.length > 0 || this.connections.some(isBusy)) {
      for (const connection of this.connections) {
        while (isBusy(connection)) {
          connection.deliverUp();
          connection.deliverDown();
        }
      }
      await this.#resolve(this.#questions[0], 'none');
    }
  }

  /** Whom LiveKit gave a job has it, unless its connection was cut; and LiveKit waits for nobody. */
  #expectKept({ id, state, worker }: ModelJob): void {
    law(state !== 'asked', 'every offer is answered');
    const { laws } = this.connections.find(({ upstream }) => upstream === worker) ?? {};
    const offer = laws?.offers.get(id);
    const hasIt = offer?.isAssigned === true || offer?.isForgotten === true;
    law(state === 'lost' || laws?.end === 'abrupt' || hasIt, 'whom LiveKit gave a job has it');
  }
}

function isOpen({ laws }: GatewayConnection): boolean {
  return laws.end === undefined;
}

function isBusy(connection: GatewayConnection): boolean {
  return fits(connection, 'up') || fits(connection, 'down');
}

/** Takes the jobs of another one. */
function isRelief(of: GatewayConnection | undefined, other: GatewayConnection): boolean {
  return other !== of && other.phase === 'serving' && other.worker.pass.agent === of?.worker.pass.agent;
}

function nth<T>(list: readonly T[], index: number): T | undefined {
  return list[index % list.length];
}
