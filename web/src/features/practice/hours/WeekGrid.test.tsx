import { DirectionProvider, MantineProvider } from '@mantine/core';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, expect, it } from 'vitest';
import { setLang } from '@/shared/i18n';
import { theme } from '@/shared/theme/theme';
import { toWire, type Interval, interval, weekFrom } from './week';
import { WeekGrid } from './WeekGrid';

beforeEach(() => setLang('en'));

let now: Interval[];
function Grid({ start, readOnly = false, problem }: { start: Interval[]; readOnly?: boolean; problem?: [string, string] }) {
  const [intervals, setIntervals] = useState(start);
  now = intervals;
  return (
    <DirectionProvider>
      <MantineProvider theme={theme} env="test">
        <WeekGrid days={weekFrom(7)} axis="columns" intervals={intervals} problems={new Map(problem ? [problem] : [])} readOnly={readOnly} onChange={setIntervals} />
      </MantineProvider>
    </DirectionProvider>
  );
}
const h = (hours: number, minutes = 0) => hours * 60 + minutes;
const block = (name: string) => screen.getByRole('button', { name });
const sent = () => toWire(now).week.flatMap(({ weekday, intervals }) => intervals.map((i) => `${weekday} ${i.from}-${i.to}`));

it('is moved, resized, copied and removed without a pointer', async () => {
  const user = userEvent.setup();
  render(<Grid start={[interval(7, h(9), h(12)), interval(7, h(16), h(21))]} />);
  block('Sunday, 09:00 – 12:00').focus();
  await user.keyboard('{ArrowDown}{Shift>}{ArrowUp}{/Shift}{Alt>}{ArrowUp}{/Alt}');
  expect(block('Sunday, 09:00 – 12:00')).toHaveFocus();
  await user.keyboard('{ArrowRight}{PageDown}');
  expect(block('Monday, 10:00 – 13:00')).toHaveFocus();
  expect(screen.getByRole('status')).toHaveTextContent('Monday, 10:00 – 13:00');
  expect(sent()).toEqual(['1 10:00-13:00', '7 16:00-21:00']);

  await user.keyboard('{Delete}');
  expect(sent()).toEqual(['7 16:00-21:00']);
  expect(screen.getByRole('button', { name: 'Add hours on Monday' })).toHaveFocus();

  await user.click(screen.getByRole('button', { name: 'Actions for Sunday' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Copy to other days…' }));
  const dialog = within(await screen.findByRole('dialog'));
  await user.click(dialog.getByRole('checkbox', { name: 'Every other day of the week' }));
  await user.click(dialog.getByRole('checkbox', { name: 'Friday' }));
  await user.click(dialog.getByRole('button', { name: 'Copy' }));
  expect(sent()).toEqual([1, 2, 3, 4, 6, 7].map((day) => `${day} 16:00-21:00`));
});

it('takes typed times, past midnight too, and says what is wrong with others', async () => {
  const user = userEvent.setup();
  render(<Grid start={[interval(7, h(9), h(12)), interval(7, h(16), h(21))]} />);
  await user.click(block('Sunday, 16:00 – 21:00'));
  const [from, to] = [await screen.findByLabelText('From'), screen.getByLabelText('To')];
  await waitFor(() => expect(from).toHaveFocus());
  const retype = async (field: HTMLElement, text: string) => {
    await user.clear(field);
    await user.type(field, text);
  };
  await retype(from, 'soon');
  await user.keyboard('{Enter}');
  expect(screen.getByText('Enter a time such as 9:30')).toBeInTheDocument();
  await retype(from, '11:50');
  await user.keyboard('{Enter}');
  expect(screen.getByText('Overlaps 09:00 – 12:00')).toBeInTheDocument();
  await retype(from, '9 pm');
  await retype(to, '230');
  expect(screen.getByText('Ends on Monday')).toBeInTheDocument();
  await user.keyboard('{Enter}');
  expect(sent()).toEqual(['7 09:00-12:00', '7 21:00-02:30']);
  expect(block('Sunday, 21:00 – 02:30 on Monday')).toBeInTheDocument();
});

it('adds hours on a day, and gives the focus back when typing is given up', async () => {
  const user = userEvent.setup();
  render(<Grid start={[]} />);
  await user.click(screen.getByRole('button', { name: 'Add hours on Tuesday' }));
  expect(block('Tuesday, 09:00 – 17:00')).toHaveFocus();
  await user.keyboard('{Enter}');
  await screen.findByLabelText('From');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(block('Tuesday, 09:00 – 17:00')).toHaveFocus());
});

it('says what the server refused at the interval it refused', () => {
  const late = interval(7, h(16), h(21));
  render(<Grid start={[late]} problem={[late.id, 'Not that late']} />);
  expect(block('Sunday, 16:00 – 21:00. Not that late')).toHaveAttribute('data-bad');
});

it('cannot be changed by those who may not', async () => {
  const user = userEvent.setup();
  render(<Grid start={[interval(7, h(9), h(12))]} readOnly />);
  block('Sunday, 09:00 – 12:00').focus();
  await user.keyboard('{ArrowDown}{Delete}{Enter}');
  expect(sent()).toEqual(['7 09:00-12:00']);
  expect(screen.queryByLabelText('From')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Add hours on Sunday' })).toBeNull();
});
