import { expect, it } from 'vitest';
import { dateOf } from './birth';

it('takes days that there are, and no others', () => {
  const of = (day: string, month: string, year: string) => dateOf({ day, month, year });
  expect(of('7', '5', '1990')).toBe('1990-05-07');
  expect(of('29', '2', '2024')).toBe('2024-02-29');
  for (const [day, month, year] of [['29', '2', '2023'], ['31', '4', '1990'], ['0', '5', '1990'], ['7', '13', '1990'], ['7', '5', '90'], ['', '5', '1990'], ['7', '5', '1849']] as const)
    expect(of(day, month, year), `${year}-${month}-${day}`).toBeUndefined();
});
