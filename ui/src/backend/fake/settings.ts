// The fake settings: agents, preferences, projects, and the report on the app.
import type { AgentEntry, AgentHealth, Backend, Inherited, Offers, Preferences, ProjectSettings } from '../backend';
import { agentEntry } from './made';
import { FakeFiles } from './files';

/** Its state, and its commands. */
export abstract class FakeSettings extends FakeFiles {
  agentList: AgentEntry[] = [];

  /** What any agent is found to be. */
  health: AgentHealth = {
    version: '1.0.0',
    name: 'Agent',
    images: true,
    resumes: true,
    state: { kind: 'ready' },
    methods: [],
    millis: 900,
  };

  /** What any agent would inherit. */
  environment: Inherited[] = [
    { name: 'HOME', passed: true, choosable: true, reason: '' },
    { name: 'SOME_API_KEY', passed: false, choosable: true, reason: 'Its name looks like that of a secret.' },
  ];

  /** What any agent offered last. */
  offered: Offers = { commands: [], options: [], images: null };

  prefs: Preferences = {
    theme: 'system',
    defaultAgent: null,
    reviewAgent: null,
    maxLiveAgents: 8,
    sleepAfterMinutes: 15,
    quietAfterMinutes: 10,
    editor: null,
  };
  settings = new Map<string, ProjectSettings>();

  projectSettings: Backend['projectSettings'] = (project) =>
    this.called(
      'projectSettings',
      [project],
      this.settings.get(project) ?? { instructions: '', checks: '', agent: null },
    );

  saveProjectSettings: Backend['saveProjectSettings'] = (project, settings) => {
    this.settings.set(project, settings);
    return this.called('saveProjectSettings', [project, settings], null);
  };

  agents: Backend['agents'] = () => this.called('agents', [], this.agentList);

  saveAgent: Backend['saveAgent'] = (draft) => {
    const id = draft.id ?? draft.name.toLowerCase().replace(/\W+/g, '-');
    const saved = agentEntry({ ...draft, id, shipped: false, path: draft.command });
    this.agentList = [...this.agentList.filter((one) => one.id !== id), saved];
    return this.called('saveAgent', [draft], saved);
  };

  removeAgent: Backend['removeAgent'] = (id) => {
    this.agentList = this.agentList.filter((one) => one.id !== id);
    return this.called('removeAgent', [id], null);
  };

  examineAgent: Backend['examineAgent'] = (id) => this.called('examineAgent', [id], this.health);

  signIn: Backend['signIn'] = (id, method) => this.called('signIn', [id, method], null);

  cancelSignIn: Backend['cancelSignIn'] = (id) => this.called('cancelSignIn', [id], null);

  signInTerminal: Backend['signInTerminal'] = (id, method) => this.called('signInTerminal', [id, method], 't-sign-in');

  agentEnvironment: Backend['agentEnvironment'] = (id) => this.called('agentEnvironment', [id], this.environment);

  saveAgentEnvironment: Backend['saveAgentEnvironment'] = (id, pass, withhold) => {
    this.agentList = this.agentList.map((one) => (one.id === id ? { ...one, pass, withhold } : one));
    return this.called('saveAgentEnvironment', [id, pass, withhold], null);
  };

  agentOffers: Backend['agentOffers'] = (id) => this.called('agentOffers', [id], this.offered);

  preferences: Backend['preferences'] = () => this.called('preferences', [], this.prefs);

  savePreferences: Backend['savePreferences'] = (preferences) => {
    this.prefs = preferences;
    const wanted = preferences.defaultAgent;
    if (wanted) this.agentList = this.agentList.map((one) => ({ ...one, isDefault: one.id === wanted }));
    return this.called('savePreferences', [preferences], null);
  };

  diagnostics: Backend['diagnostics'] = () =>
    this.called('diagnostics', [], {
      version: '0.1.0',
      dataDirectory: '/home/me/.local/share/shopfloor',
      logDirectory: '/home/me/.local/share/shopfloor/logs',
      git: 'git version 2.47.3',
      coreReadyMs: 84,
      firstPaintMs: 702,
      settledMs: 768,
      driftRepaired: 0,
      liveAgents: 3,
      database: 'good',
    });

  reportMoment: Backend['reportMoment'] = (moment) => this.called('reportMoment', [moment], null);
}
