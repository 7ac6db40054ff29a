import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { sessionQuery, useSession } from './session';
import { sessionOf } from './session.fixture';

function Name() {
  return <p>{useSession().user.name}</p>;
}

let arrive: () => void;
/** A page of which a part comes later, as one does whose code is still on its way. */
function Page() {
  const [whole, setWhole] = useState(false);
  arrive = () => setWhole(true);
  return whole ? <Name /> : <p>half</p>;
}

it('a part of the page that appears while somebody signs out still knows who it was', () => {
  const client = new QueryClient();
  client.setQueryData(sessionQuery.queryKey, sessionOf());
  render(
    <QueryClientProvider client={client}>
      <Name />
      <Page />
    </QueryClientProvider>,
  );
  act(() => void client.setQueryData(sessionQuery.queryKey, null));
  act(() => arrive());
  expect(screen.getAllByText('Sara')).toHaveLength(2);
});
