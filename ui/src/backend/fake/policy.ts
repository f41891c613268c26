// The fake requests with their answers, rules and modes.
import type { Backend, Card, Rule, RuleDraft, ScopeMode } from '../backend';
import { FakeQueue } from './queue';

/** Its state, and its commands. */
export abstract class FakePolicy extends FakeQueue {
  rules: Rule[] = [];
  modes: ScopeMode[] = [];

  answerRequest: Backend['answerRequest'] = (session, request, answer, always) => {
    const open = this.conversations.get(session);
    const asked = open?.entries.find((one) => one.body.kind === 'request' && one.body.request === request);
    if (open && asked?.body.kind === 'request') {
      const chosen = answer.kind === 'option' ? asked.body.ask.options.find((one) => one.id === answer.id) : undefined;
      const choice = chosen?.name ?? (answer.kind === 'decline' ? 'Declined' : 'Answered');
      const allowed = chosen ? chosen.kind.startsWith('allow') : answer.kind === 'form';
      const body = { ...asked.body, outcome: { kind: 'answered' as const, choice, allowed, by: null } };
      this.change(session, { kind: 'put', entry: { ...asked, body } });
      this.live(session, { pending: open.session.pending.filter((one) => one.id !== request) });
    }
    for (const one of this.cards.values()) this.settle(one, request);
    if (always) this.addedRule(always);
    return this.called('answerRequest', [session, request, answer, always], null);
  };

  protected settle(card: Card, request: string): void {
    if (!card.sessions.some((session) => session.pending.some((one) => one.id === request))) return;
    const sessions = card.sessions.map((session) => ({
      ...session,
      pending: session.pending.filter((one) => one.id !== request),
    }));
    const more = sessions.flatMap((session) => session.pending)[0];
    const works = { reason: 'agent_working', label: 'Working', column: 'working', need: 'no', detail: null } as const;
    const status = more ? { detail: more.title } : { ...works, since: Date.now() };
    this.put({ ...card, sessions, status: { ...card.status, ...status } });
  }

  protected addedRule(draft: RuleDraft): Rule {
    const rule: Rule = { ...draft, id: `rule${this.rules.length + 1}`, createdAt: Date.now() };
    this.rules = [...this.rules, rule];
    return rule;
  }

  policyRules: Backend['policyRules'] = () => this.called('policyRules', [], this.rules);

  addRule: Backend['addRule'] = (draft) => this.called('addRule', [draft], this.addedRule(draft));

  revokeRule: Backend['revokeRule'] = (rule) => {
    this.rules = this.rules.filter((one) => one.id !== rule);
    return this.called('revokeRule', [rule], null);
  };

  policyModes: Backend['policyModes'] = () => this.called('policyModes', [], this.modes);

  setPolicyMode: Backend['setPolicyMode'] = (scope, mode) => {
    const key = JSON.stringify(scope);
    const others = this.modes.filter((one) => JSON.stringify(one.scope) !== key);
    this.modes = mode ? [...others, { scope, mode }] : others;
    return this.called('setPolicyMode', [scope, mode], null);
  };

  setSessionPolicy: Backend['setSessionPolicy'] = (session, mode) => {
    this.live(session, { policy: mode ?? 'ask', policyIsOwn: mode !== null });
    return this.called('setSessionPolicy', [session, mode], null);
  };
}
