import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { CodeInput, codeOf } from './CodeInput';

const complete = vi.fn();
beforeEach(() => complete.mockClear());

function Form() {
  const [code, setCode] = useState('');
  return (
    <MantineProvider env="test">
      <CodeInput label="Code" value={code} onChange={setCode} onComplete={complete} />
    </MantineProvider>
  );
}

it('finds the digits in what people paste', () => {
  expect(['123 456', '123-456', ' 123456\n', '١٢٣٤٥٦', '1234567', 'abc'].map(codeOf)).toEqual(['123456', '123456', '123456', '123456', '123456', '']);
});

it('is one field that the telephone may fill in', () => {
  render(<Form />);
  const field = screen.getByLabelText('Code');
  expect(field).toHaveAttribute('autocomplete', 'one-time-code');
  expect(field).toHaveAttribute('inputmode', 'numeric');
});

it('is done with the last digit, typed or pasted, and once', async () => {
  render(<Form />);
  const field = screen.getByLabelText('Code');
  await userEvent.type(field, '12345');
  expect(complete).not.toHaveBeenCalled();
  await userEvent.type(field, '67');
  expect(complete.mock.calls).toEqual([['123456']]);
  await userEvent.clear(field);
  await userEvent.paste('654 321');
  expect(complete.mock.calls).toEqual([['123456'], ['654321']]);
});
