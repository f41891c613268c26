// What an agent lets the person choose, in the order of the pickers.
import type { OptionCategory, PolicyMode, SessionOption } from '../../backend/backend';
import type { MenuItem } from '../../design/menu';

const order: OptionCategory[] = ['mode', 'model', 'thinking', 'other'];

/** The options as they are shown: mode, model, thinking, others; the agent's order within each. */
export function inOrder(options: SessionOption[]): SessionOption[] {
  return [...options].sort((a, b) => order.indexOf(a.category) - order.indexOf(b.category));
}

/** An option's value in words. */
export function valueWords(option: SessionOption): string {
  if (option.choices.length === 0) return `${option.name}: ${option.current === 'true' ? 'on' : 'off'}`;
  const chosen = option.choices.find((choice) => choice.value === option.current)?.name ?? option.current;
  return option.category === 'other' || option.category === 'thinking' ? `${option.name}: ${chosen}` : chosen;
}

/** An option's choices as a menu, under the headings of their groups. */
export function choiceItems(option: SessionOption, choose: (value: string) => void): MenuItem[] {
  const out: MenuItem[] = [{ kind: 'words', label: option.name }];
  let group: string | null = null;
  for (const choice of option.choices) {
    if (choice.group !== group && choice.group !== null) out.push({ kind: 'words', label: choice.group });
    group = choice.group;
    out.push({
      kind: 'action',
      label: choice.name,
      ...(choice.description && { description: choice.description }),
      checked: choice.value === option.current,
      run: () => choose(choice.value),
    });
  }
  return out;
}

/** The modes of the policy, the most careful first. */
export const policyModes: { mode: PolicyMode; name: string; description: string }[] = [
  { mode: 'ask', name: 'Ask', description: 'Every request comes to you' },
  { mode: 'allow_reads', name: 'Allow reads', description: 'Reading and searching in the worktree' },
  { mode: 'allow_edits', name: 'Allow edits', description: 'Reading and changing files in the worktree' },
  { mode: 'allow_all', name: 'Allow all', description: 'Everything but plans and questions' },
];

/** The name of a mode. */
export function policyName(mode: PolicyMode): string {
  return policyModes.find((one) => one.mode === mode)?.name ?? mode;
}
