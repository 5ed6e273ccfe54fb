import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  agentIdentity,
  parseClientId,
  parseObjectId,
  parseOperatorNote,
  type Agent,
  type AgentSelection,
  type AgentStore,
  type CutOffStore,
  type ListedAgent,
  type OperatorView,
} from '../../core/index.ts';

export interface AgentListSubject {
  readonly view: OperatorView;
  /** What it shows. */
  readonly agents: AgentStore;
  readonly cutOffs: CutOffStore;
  readonly close: () => Promise<void>;
}

const ALL = 1000;
const AT = new Date('2026-02-03T04:05:06.007Z');
const LATER = new Date('2026-02-03T05:05:06.007Z');
const note = parseOperatorNote('OPS-1');

/** The part of `operator-view.contract.ts` that is about listing agents. */
export function describeAgentList(adapter: string, open: () => Promise<AgentListSubject>): void {
  describe(`OperatorView contract, list of agents: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: AgentListSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    it('lists agents by name, each with its registration and why it is cut off, and at most as many as asked', async () => {
      const { agents, cutOffs, view } = subject;
      const [plain, revoked, application] = [freshAgent(), freshAgent(), freshAgent()];
      const user = parseObjectId(crypto.randomUUID());
      const personal = { ...application, ...agentIdentity(application.clientId, user) };
      const stranger = freshAgent();
      for (const agent of [plain, revoked, application, personal]) {
        await agents.register(agent, []);
      }
      await cutOffs.revokeAgent(revoked.name, { at: AT, note }, []);
      await cutOffs.revokeAgent(stranger.name, { at: LATER }, []);
      await cutOffs.revokeAgent(application.name, { at: AT, note }, []);
      const restored = freshAgent();
      await cutOffs.revokeAgent(restored.name, { at: AT }, []);
      await cutOffs.restoreAgent(restored.name, []);
      const registration = { registeredAt: AT, expiresAt: LATER };
      const expected = [
        { name: plain.name, registration },
        { name: revoked.name, registration, revoked: { at: AT, note } },
        { name: application.name, registration, revoked: { at: AT, note } },
        { name: personal.name, registration, revoked: { at: AT, note } },
        { name: stranger.name, revoked: { at: LATER } },
      ].sort((a, b) => (a.name < b.name ? -1 : 1));
      const cutOff = expected.filter(({ name }) => name !== plain.name);
      expect(await view.listAgents({ limit: ALL })).toEqual(expected);
      expect(await view.listAgents({ limit: 2 })).toEqual(expected.slice(0, 2));
      expect(await view.listAgents({ revoked: true, limit: ALL })).toEqual(cutOff);
    });

    it('lists an application with its personal agents, or one of them, also of the revoked ones', async () => {
      const [owner, other] = [freshAgent(), freshAgent()];
      const [plain, revoked] = [personalAgent(owner), personalAgent(owner)];
      for (const agent of [owner, plain, revoked, other, personalAgent(other)]) {
        await subject.agents.register(agent, []);
      }
      await subject.cutOffs.revokeAgent(revoked.name, { at: AT }, []);
      await subject.cutOffs.revokeAgent(other.name, { at: AT }, []);
      const listed = async (selection: Omit<AgentSelection, 'limit'>): Promise<readonly string[]> =>
        (await subject.view.listAgents({ ...selection, limit: ALL })).map(({ name }) => name);
      const all = [owner, plain, revoked].map(({ name }) => name).sort();
      expect(await listed({ agent: owner.name })).toEqual(all);
      expect(await listed({ agent: plain.name })).toEqual([plain.name]);
      expect(await listed({ agent: owner.name, revoked: true })).toEqual([revoked.name]);
      expect(await listed({ agent: owner.name, after: owner.name })).toEqual(all.slice(1));
      expect(await listed({ agent: plain.name, after: plain.name })).toEqual([]);
      expect(await listed({ agent: freshAgent().name })).toEqual([]);
      expect(await listed({ agent: personalAgent(owner).name })).toEqual([]);
    });

    it('lists agents page after page, each once, and goes on from a name that is not there', async () => {
      const owner = freshAgent();
      for (let count = 0; count < 6; count += 1) {
        await subject.agents.register(personalAgent(owner), []);
        await subject.agents.register(freshAgent(), []);
      }
      for (const which of [{}, { agent: owner.name }]) {
        const all = await subject.view.listAgents({ ...which, limit: ALL });
        const seen: ListedAgent[] = [];
        for (;;) {
          const last = seen.at(-1);
          const after = last === undefined ? {} : { after: last.name };
          const page = await subject.view.listAgents({ ...which, ...after, limit: 4 });
          seen.push(...page);
          if (page.length < 4) {
            break;
          }
        }
        expect(all.length).toBeGreaterThan(5);
        expect(seen).toEqual(all);
        const missing = freshAgent().name;
        const rest = all.filter(({ name }) => name > missing);
        expect(await subject.view.listAgents({ ...which, after: missing, limit: ALL })).toEqual(rest);
      }
    });
  });
}

function personalAgent(owner: Agent): Agent {
  return { ...owner, ...agentIdentity(owner.clientId, parseObjectId(crypto.randomUUID())) };
}

export function freshAgent(): Agent {
  return {
    ...agentIdentity(parseClientId(crypto.randomUUID())),
    clientAuthorization: 'required',
    registeredAt: AT,
    expiresAt: LATER,
  };
}
