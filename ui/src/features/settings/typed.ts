// What was typed into a field for a number.

/** The whole number in it, brought within the field's limits; `otherwise` for an empty or senseless one. Shown at once. */
export function typedNumber<T extends number | null>(field: HTMLInputElement, otherwise: T): number | T {
  const { value, min, max } = field;
  const typed = Math.round(Number(value));
  const senseless = value.trim() === '' || Number.isNaN(typed);
  const wanted = senseless ? otherwise : Math.min(Number(max), Math.max(Number(min), typed));
  field.value = wanted === null ? '' : String(wanted);
  return wanted;
}
