// Every action of the window, once: the palette lists them, the keymap runs them, the menus take theirs from here.
import type { Backend, Card } from '../backend/backend';
import { byAge, byAttention, isBusy } from '../backend/cards';
import type { Feed } from '../backend/feed.svelte';
import type { Settings } from '../backend/settings.svelte';
import { copyText } from '../design/copy';
import type { MenuItem } from '../design/menu';
import { draftReview } from '../features/conversation/review';
import type { PaletteAction } from '../features/palette/search';
import type { Docks } from '../features/terminal/docks.svelte';
import { tabs } from '../features/workspace/tabs';
import type { Shell } from './shell.svelte';
import { exportConversation } from './export';
import { isDark } from './theme';

/** What the actions act on. */
export interface Parts {
  backend: Backend;
  feed: Feed;
  settings: Settings;
  shell: Shell;
  docks: Docks;
  /** The card that the keys are on: the open one, or the one with the focus on the board. */
  card: () => Card | undefined;
  focus: (what: 'composer' | 'request' | 'filter' | 'task') => void;
}

/** All actions that can be done right now. */
export function actions(parts: Parts): PaletteAction[] {
  return [...places(parts), ...ofCard(parts), ...everywhere(parts), ...workspaces(parts)];
}

function places({ shell }: Parts): PaletteAction[] {
  return [
    {
      id: 'board',
      group: 'Go to',
      title: 'Board',
      shortcut: 'g b',
      also: 'Mod+0',
      run: () => shell.go({ kind: 'board' }),
    },
    { id: 'settings', group: 'Go to', title: 'Settings', shortcut: 'g s', run: () => shell.go({ kind: 'settings' }) },
    {
      id: 'search',
      group: 'Go to',
      title: 'Search all conversations',
      shortcut: 'Mod+Shift+F',
      also: 'g f',
      run: () => shell.go({ kind: 'search' }),
    },
    { id: 'archived', group: 'Go to', title: 'Archived', shortcut: 'g a', run: () => shell.go({ kind: 'archived' }) },
    { id: 'next', group: 'Go to', title: 'Next that needs me', shortcut: '.', also: 'Mod+J', run: () => shell.next() },
  ];
}

function everywhere(parts: Parts): PaletteAction[] {
  const { backend, feed, shell, focus } = parts;
  const out: PaletteAction[] = [
    {
      id: 'add-project',
      group: 'Project',
      title: 'Add a project',
      shortcut: 'Mod+O',
      run: () => (shell.overlay = 'add-project'),
    },
    {
      id: 'sidebar',
      group: 'Window',
      title: 'Fold the sidebar',
      shortcut: 'Mod+B',
      run: () => (shell.sidebar = !shell.sidebar),
    },
    { id: 'theme', group: 'Window', title: 'Light or dark theme', run: () => void toggleTheme(parts) },
    { id: 'quit', group: 'Window', title: 'Quit', shortcut: 'Mod+Q', run: () => void shell.ask(backend.quit()) },
    { id: 'palette', group: 'Window', title: 'Commands', shortcut: 'Mod+K', run: () => (shell.overlay = 'palette') },
  ];
  if (feed.projects.length)
    out.push({ id: 'new', group: 'Workspace', title: 'New workspace', shortcut: 'n', run: () => compose(parts) });
  if (shell.place.kind === 'board')
    out.push({ id: 'filter', group: 'Board', title: 'Filter the board', shortcut: '/', run: () => focus('filter') });
  else
    out.push({
      id: 'back',
      group: 'Go to',
      title: 'Back to the board',
      shortcut: 'Escape',
      run: () => shell.go({ kind: 'board' }),
    });
  return out;
}

function ofCard({ backend, settings, shell, docks, card, focus }: Parts): PaletteAction[] {
  const here = card();
  if (!here) return [];
  const { id } = here;
  const group = 'Workspace';
  const out: PaletteAction[] = [
    { id: 'archive', group, title: 'Archive…', run: () => (shell.archiving = id) },
    {
      id: 'reveal',
      group,
      title: 'Show in the file manager',
      shortcut: 'Mod+Shift+E',
      run: () => void shell.ask(backend.revealWorkspace(id)),
    },
    { id: 'copy-branch', group, title: 'Copy the branch name', run: () => void copyText(here.workspace.branch) },
    { id: 'copy-path', group, title: 'Copy the folder’s path', run: () => void copyText(here.workspace.path) },
    { id: 'debug', group, title: 'Debug', shortcut: 'Mod+Shift+D', run: () => (shell.debugging = id) },
  ];
  if (shell.place.kind !== 'workspace') return out;
  const session = here.sessions.find((one) => one.id === shell.session(here));
  out.push(
    { id: 'composer', group, title: 'Write to the agent', shortcut: 'i', run: () => focus('composer') },
    {
      id: 'inspector',
      group,
      title: 'Changes and details',
      shortcut: 'Mod+I',
      run: () => shell.inspect(),
    },
    {
      id: 'terminals',
      group,
      title: docks.isOpen(id) ? 'Fold the terminals' : 'Terminal',
      shortcut: 'Mod+`',
      also: 'Mod+Shift+J',
      run: () => void docks.toggle(id),
    },
    { id: 'new-terminal', group, title: 'New terminal', run: () => void docks.add(id) },
    { id: 'new-session', group, title: 'New conversation', shortcut: 'Mod+T', run: () => shell.begin(id, null) },
  );
  if (here.workspace.life.kind === 'ready' && here.git?.files)
    out.push({
      id: 'review',
      group,
      title: 'Review the changes',
      run: () => {
        draftReview(backend, id, here.workspace.base);
        shell.begin(id, settings.reviewAgent);
      },
    });
  if (session)
    out.push(
      {
        id: 'export-markdown',
        group,
        title: 'Export the conversation as Markdown…',
        run: () => void exportConversation(backend, shell, session.id, 'markdown'),
      },
      {
        id: 'export-json',
        group,
        title: 'Export the conversation as JSON…',
        run: () => void exportConversation(backend, shell, session.id, 'json'),
      },
    );
  out.push(...ofTabs(shell, here));
  if (session?.pending.length)
    out.push({
      id: 'request',
      group,
      title: 'Answer what is asked',
      shortcut: 'Mod+Shift+Y',
      run: () => focus('request'),
    });
  if (session && isBusy(session))
    out.push({
      id: 'stop',
      group,
      title: 'Stop the agent',
      shortcut: 'Mod+.',
      run: () => void shell.ask(backend.stopTurn(session.id)),
    });
  if (session?.run.kind === 'ready')
    out.push({
      id: 'sleep',
      group,
      title: 'Let the agent sleep until the next message',
      run: () => void shell.ask(backend.sleepSession(session.id)),
    });
  if (session && !['stopped', 'asleep', 'waiting', 'failed'].includes(session.run.kind))
    out.push({
      id: 'end',
      group,
      title: 'End the agent’s process',
      run: () => void shell.ask(backend.endSession(session.id)),
    });
  return out;
}

function ofTabs(shell: Shell, card: Card): PaletteAction[] {
  const group = 'Conversation';
  const { open, closed } = tabs(card.sessions);
  const session = shell.session(card);
  const chat = shell.chat.current;
  const out: PaletteAction[] = [];
  if (open.length > 1)
    out.push(
      {
        id: 'next-session',
        group,
        title: 'Next conversation',
        shortcut: 'Mod+Shift+]',
        run: () => shell.beside(card, 1),
      },
      {
        id: 'session-before',
        group,
        title: 'Conversation before',
        shortcut: 'Mod+Shift+[',
        run: () => shell.beside(card, -1),
      },
    );
  if (session !== null)
    out.push({
      id: 'close-session',
      group,
      title: 'Close the conversation',
      run: () => void shell.close(card, session),
    });
  const last = closed[0];
  if (last)
    out.push({
      id: 'reopen-session',
      group,
      title: `Open “${last.title}” again`,
      shortcut: 'Mod+Shift+T',
      run: () => void shell.reopen(card.id, last.id),
    });
  if (chat)
    out.push(
      { id: 'find', group, title: 'Find in the conversation', shortcut: 'Mod+F', run: () => chat.find() },
      {
        id: 'prompt-before',
        group,
        title: 'My message before',
        shortcut: 'Alt+ArrowUp',
        run: () => chat.toPrompt('before'),
      },
      {
        id: 'prompt-after',
        group,
        title: 'My next message',
        shortcut: 'Alt+ArrowDown',
        run: () => chat.toPrompt('after'),
      },
    );
  return out;
}

function workspaces({ feed, shell }: Parts): PaletteAction[] {
  const cards = [...feed.cards.values()].filter((card) => card.status.column !== null).sort(byAge);
  const numbered = new Map(
    [...cards]
      .sort(byAttention)
      .slice(0, 9)
      .map((card, at) => [card.id, `Mod+${at + 1}`]),
  );
  return cards.map((card) => ({
    id: `workspace-${card.id}`,
    group: feed.project(card.workspace.project)?.name ?? 'Workspace',
    title: card.workspace.name,
    ...(numbered.has(card.id) && { shortcut: numbered.get(card.id) }),
    run: () => shell.open(card.id),
  }));
}

/** Shows the other theme and keeps it. */
export async function toggleTheme({ settings, shell }: Parts): Promise<void> {
  const dark = isDark(settings.preferences.theme, matchMedia('(prefers-color-scheme: dark)').matches);
  shell.error = await settings.prefer({ theme: dark ? 'light' : 'dark' });
}

/** All shortcuts for the page that teaches them; a test compares it with the actions. */
export const everyShortcut = [
  { title: 'Commands', shortcut: 'Mod+K' },
  { title: 'Next that needs me', shortcut: '.' },
  { title: 'Next that needs me, while typing', shortcut: 'Mod+J' },
  { title: 'New workspace', shortcut: 'n' },
  { title: 'Board', shortcut: 'g b' },
  { title: 'Board, while typing', shortcut: 'Mod+0' },
  { title: 'Search all conversations', shortcut: 'Mod+Shift+F' },
  { title: 'Search all conversations, with single keys', shortcut: 'g f' },
  { title: 'Archived', shortcut: 'g a' },
  { title: 'Settings', shortcut: 'g s' },
  { title: 'Back to the board', shortcut: 'Escape' },
  { title: 'Next card or file', shortcut: 'j' },
  { title: 'Card or file before', shortcut: 'k' },
  { title: 'Filter the board', shortcut: '/' },
  { title: 'First to ninth workspace', shortcut: 'Mod+1…9' },
  { title: 'Write to the agent', shortcut: 'i' },
  { title: 'Answer what is asked', shortcut: 'Mod+Shift+Y' },
  { title: 'Allow, allow always, reject', shortcut: 'y a n' },
  { title: 'Always allow, always refuse', shortcut: 'Shift+Y Shift+N' },
  { title: 'Send and stop the turn for it', shortcut: 'Mod+Enter' },
  { title: 'Stop the agent', shortcut: 'Mod+.' },
  { title: 'New conversation', shortcut: 'Mod+T' },
  { title: 'Next conversation', shortcut: 'Mod+Shift+]' },
  { title: 'Conversation before', shortcut: 'Mod+Shift+[' },
  { title: 'Open a closed conversation again', shortcut: 'Mod+Shift+T' },
  { title: 'Find in the conversation', shortcut: 'Mod+F' },
  { title: 'My message before', shortcut: 'Alt+ArrowUp' },
  { title: 'My next message', shortcut: 'Alt+ArrowDown' },
  { title: 'Changes and details', shortcut: 'Mod+I' },
  { title: 'Terminals of the workspace', shortcut: 'Mod+`' },
  { title: 'Terminals, on any keyboard', shortcut: 'Mod+Shift+J' },
  { title: 'Rename the workspace', shortcut: 'F2' },
  { title: 'Show in the file manager', shortcut: 'Mod+Shift+E' },
  { title: 'Add a project', shortcut: 'Mod+O' },
  { title: 'Fold the sidebar', shortcut: 'Mod+B' },
  { title: 'Debug', shortcut: 'Mod+Shift+D' },
  { title: 'Quit', shortcut: 'Mod+Q' },
];

/** Shows the form for something new, ready to be typed into, also where it is shown already. */
export function compose({ shell, focus }: Parts): void {
  shell.compose();
  focus('task');
}

/** The menu of one card, wherever it is shown. */
export function cardMenu(parts: Parts, card: Card): MenuItem[] {
  const wanted = [
    'stop',
    'sleep',
    'end',
    'new-session',
    'review',
    'new-terminal',
    'reveal',
    'copy-branch',
    'copy-path',
    'export-markdown',
    'export-json',
    'debug',
    'archive',
  ];
  const known = ofCard({ ...parts, card: () => card });
  return wanted.flatMap((id): MenuItem[] => {
    const action = known.find((one) => one.id === id);
    if (!action) return [];
    const { title: label, run, shortcut } = action;
    const moves = id === 'new-session' || id === 'review';
    const item: MenuItem = { kind: 'action', label, run, moves, testid: `menu-${id}`, ...(shortcut && { shortcut }) };
    return id === 'archive' ? [{ kind: 'line' }, { ...item, danger: true }] : [item];
  });
}

/** The menu of the project switcher. */
export function projectMenu({ backend, feed, shell }: Parts): MenuItem[] {
  const chosen = shell.shownProject;
  const show = (id: string | null, label: string): MenuItem => ({
    kind: 'action',
    label,
    checked: shell.shownProject?.id === id || (id === null && !shell.shownProject),
    run: () => shell.showProject(id),
  });
  return [
    show(null, 'All projects'),
    ...feed.projects.map((project) => show(project.id, project.name)),
    { kind: 'line' },
    { kind: 'action', label: 'Add a project…', shortcut: 'Mod+O', run: () => (shell.overlay = 'add-project') },
    ...(chosen
      ? [
          {
            kind: 'action' as const,
            label: `Take ${chosen.name} off the list`,
            run: () => void shell.ask(backend.removeProject(chosen.id)).then((done) => done && shell.showProject(null)),
          },
        ]
      : []),
  ];
}
