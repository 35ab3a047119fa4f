import { describe, expect, it } from 'vitest';
import { major, money, parseMajor } from './money';

describe('money', () => {
  it('is shown without rounding, with as many digits as its currency has', () => {
    expect(money({ amount: 4999, currency: 'USD' })).toBe('49.99 USD');
    expect(money({ amount: 124990, currency: 'USD' })).toBe('1,249.90 USD');
    expect(money({ amount: 5, currency: 'USD' })).toBe('0.05 USD');
    expect(money({ amount: -5, currency: 'USD' })).toBe('-0.05 USD');
    expect(money({ amount: 1200, currency: 'JPY' })).toBe('1,200 JPY');
    expect(money({ amount: 1234, currency: 'KWD' })).toBe('1.234 KWD');
    expect(money({ amount: 150000, currency: 'ALL' })).toBe('1,500.00 ALL');
    expect(money({ amount: 1500000, currency: 'IQD' })).toBe('1,500.000 IQD');
    expect(major({ amount: 9007199254740991, currency: 'USD' })).toBe('90071992547409.91');
    expect(money()).toBe('');
    expect(money({ amount: 0, currency: 'XXX' })).toBe('–');
  });

  it('is read back only if the currency can hold it', () => {
    expect(parseMajor('49.99', 'USD')).toBe(4999);
    expect(parseMajor('49,9', 'USD')).toBe(4990);
    expect(parseMajor('49.999', 'USD')).toBeUndefined();
    expect(parseMajor('12.5', 'JPY')).toBeUndefined();
    expect(parseMajor('-1', 'USD')).toBeUndefined();
    expect(parseMajor('1e3', 'USD')).toBeUndefined();
  });
});
