// What an agent offered last, for the pickers of a conversation that does not exist yet.
import type { AgentId, Backend, Offers } from '../../backend/backend';

const nothing: Offers = { commands: [], options: [], images: null };

/** The offers of the chosen agent, asked for anew when another one is chosen. */
export class NewOffers {
  #offers = $state.raw<Offers>(nothing);

  /** `agent` is null while there is nothing to choose for. */
  constructor(backend: Backend, agent: () => AgentId | null) {
    $effect(() => {
      const wanted = agent();
      this.#offers = nothing;
      if (wanted === null) return;
      let current = true;
      void backend.agentOffers(wanted).then((result) => {
        if (current && result.status === 'ok') this.#offers = result.data;
      });
      return () => (current = false);
    });
  }

  /** The offers with what the person chose in the place of what is current. */
  withChoices(choices: Readonly<Record<string, string>>): Offers {
    const options = this.#offers.options.map((option) => ({
      ...option,
      current: choices[option.id] ?? option.current,
    }));
    return { ...this.#offers, options };
  }
}
