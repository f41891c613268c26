// The window in a browser, with the fake backend: `npm run preview:fake`. `?scene=empty` shows the first run.
import { mount } from 'svelte';
import { busyBackend, emptyBackend } from './backend/fake-scenes';
import './design/base.css';
import App from './shell/App.svelte';

const wanted = new URLSearchParams(location.search);
const backend = wanted.get('scene') === 'empty' ? emptyBackend() : busyBackend();
const theme = wanted.get('theme');
if (theme === 'light' || theme === 'dark') backend.prefs = { ...backend.prefs, theme };
const target = document.getElementById('app');
if (target) mount(App, { target, props: { backend } });
// For trying things from the browser's console: `fake.change('s1', …)`.
Object.assign(globalThis, { fake: backend });
