// The window in a browser, with the fake backend: `npm run preview:fake`. `?scene=empty` shows the first run,
// `?scene=long` a conversation of 100,000 entries.
import { mount } from 'svelte';
import { busyBackend, emptyBackend, longBackend } from './backend/fake-scenes';
import type { FakeBackend } from './backend/fake';
import './design/base.css';
import App from './shell/App.svelte';

const wanted = new URLSearchParams(location.search);
const scenes: Record<string, () => FakeBackend> = { empty: emptyBackend, long: longBackend };
const backend = (scenes[wanted.get('scene') ?? ''] ?? busyBackend)();
const theme = wanted.get('theme');
if (theme === 'light' || theme === 'dark') backend.prefs = { ...backend.prefs, theme };
const target = document.getElementById('app');
if (target) mount(App, { target, props: { backend } });
// For trying things from the browser's console: `fake.change('s1', …)`.
Object.assign(globalThis, { fake: backend });
