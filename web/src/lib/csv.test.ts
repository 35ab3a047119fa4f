import { describe, expect, it } from 'vitest';
import { csv, csvCell } from './csv';

describe('a cell', () => {
  it.each(['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\tx', '\rx', '  =1', '＝1', '-cmd|x'])(
    'is never run as a formula: %j',
    (text) => {
      const cell = csvCell(text).replace(/^"/, '');
      expect(cell.startsWith("'")).toBe(true);
    },
  );

  it('that begins with a nul is made safe too', () => {
    expect(csvCell('\0=1+1')).toBe("'=1+1");
  });

  it.each([
    [-49.99, '-49.99'],
    ['-49.99', '-49.99'],
    ['-7', '-7'],
    [0, '0'],
  ])('keeps %j a number', (value, text) => {
    expect(csvCell(value)).toBe(text);
  });

  it('does not take a signed text for a number', () => {
    expect(csvCell('+49.99')).toBe("'+49.99");
    expect(csvCell('-1e5')).toBe("'-1e5");
  });

  it('is quoted when it holds commas, quotes or lines', () => {
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('say "hi"')).toBe('"say ""hi"""');
    expect(csvCell('a\nb')).toBe('"a\nb"');
    expect(csvCell('=a,b')).toBe('"\'=a,b"');
  });

  it('is empty for what is not there', () => {
    expect(csvCell(undefined)).toBe('');
    expect(csvCell(null)).toBe('');
  });
});

it('rows end with both line marks', () => {
  expect(
    csv([
      ['a', 'b'],
      [1, '=2'],
    ]),
  ).toBe("a,b\r\n1,'=2\r\n");
});
