// Which folder of the window may import which; the rule's message names where the file belongs.
import path from 'node:path';

/** The room of a file under `src/`: `backend`, `design`, `shell`, `features/board`, or '' for the entries. */
export function room(file) {
  const parts = file.split(/[\\/]/);
  const src = parts.lastIndexOf('src');
  if (src < 0) return null;
  const [first, second] = parts.slice(src + 1);
  if (first === 'features') return `features/${second}`;
  return ['backend', 'design', 'shell'].includes(first) ? first : '';
}

/** Why `from` may not import `to`, or null. */
export function refusal(from, to) {
  if (from === to || from === '' || from === 'shell') return null;
  if (to === '' || to === 'shell')
    return `${from} may not import ${to || 'an entry'}: only shell/ composes. Take what you need as a prop, or move this file to shell/.`;
  if (from === 'design')
    return `design/ imports nothing of ours, but here ${to}. A component that knows the product's words belongs in the feature that shows it.`;
  if (from === 'backend')
    return to === 'design' ? null : `backend/ may not import ${to}: state that a feature owns belongs in that feature.`;
  if (to.startsWith('features/'))
    return `${from} may not import ${to}: features never import each other. Shared state belongs in backend/, shared looks in design/, and shell/ hands one to the other.`;
  return null;
}

const layers = {
  meta: { type: 'problem', schema: [], docs: { description: 'keep the rooms of the window apart' } },
  create(context) {
    const file = context.filename;
    const from = room(file);
    const test = /\.test\.ts$|\.test\.svelte$/.test(file);
    function look(node, source) {
      if (from === null || typeof source !== 'string') return;
      if (source.startsWith('@tauri-apps/') && from !== 'backend')
        context.report({
          node,
          message: `Only backend/ imports Tauri: ask for '${source}' through the Backend interface in backend/backend.ts.`,
        });
      if (!source.startsWith('.')) return;
      const target = path.resolve(path.dirname(file), source);
      if (/[\\/]fake(\/|\\|\.|$)/.test(target) && !test && !/preview\.ts$|[\\/]fake/.test(file))
        context.report({ node, message: 'The fake backend is for tests and preview.ts: it never enters the product.' });
      const to = room(target);
      const why = to === null || test ? null : refusal(from, to);
      if (why) context.report({ node, message: why });
    }
    return {
      ImportDeclaration: (node) => look(node, node.source.value),
      ExportNamedDeclaration: (node) => node.source && look(node, node.source.value),
      ExportAllDeclaration: (node) => look(node, node.source.value),
      ImportExpression: (node) => look(node, node.source.value),
    };
  },
};

export default { rules: { layers } };
