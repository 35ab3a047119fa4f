// Money is an integer of minor units and a currency; it is never divided before it is shown.

export interface Money {
  amount: number;
  currency: string;
}

// Amounts come in ISO 4217's minor units. Browsers count the digits that people still use, which in
// these currencies are fewer: an amount would be shown a hundred times too large.
const fewerInUse = 'AFN ALL IRR KPW LAK LBP MGA MMK RSD SLL SOS SYP YER'.split(' ');
const digitsOf = new Map<string, number>(fewerInUse.map((code) => [code, 2]));
digitsOf.set('IQD', 3);

export function minorDigits(currency: string): number {
  let digits = digitsOf.get(currency);
  if (digits === undefined) {
    try {
      digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
        .maximumFractionDigits as number;
    } catch {
      digits = 2;
    }
    digitsOf.set(currency, digits);
  }
  return digits;
}

/** The amount in major units as text, without rounding: `-49.99`. */
export function major({ amount, currency }: Money): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const rest = digits > 0 ? `.${text.slice(-digits)}` : '';
  return `${amount < 0 ? '-' : ''}${whole}${rest}`;
}

/** `1,249.90 USD`. */
export function money(value?: Money | null): string {
  if (!value) return '';
  // ISO 4217 writes XXX where no currency is known yet.
  if (value.currency === 'XXX') return value.amount === 0 ? '–' : String(value.amount);
  const [whole = '0', rest] = major(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${grouped}${rest ? `.${rest}` : ''} ${value.currency}`;
}

/** What a person typed, as minor units, or undefined if it is not an amount of that currency. */
export function parseMajor(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency);
  const match = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text.trim());
  if (!match || (match[2]?.length ?? 0) > digits) return undefined;
  return Number(`${match[1]}${(match[2] ?? '').padEnd(digits, '0')}`);
}
