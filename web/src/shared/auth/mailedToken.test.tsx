import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { forgetToken, takeToken, useMailedToken } from './mailedToken';

function Shown({ path }: { path: string }) {
  return <p>token: {useMailedToken(path) ?? 'none'}</p>;
}

async function visit(address: string) {
  const root = createRootRoute();
  const page = (path: string) => createRoute({ getParentRoute: () => root, path, beforeLoad: takeToken, component: () => <Shown path={path} /> });
  const history = createMemoryHistory({ initialEntries: ['/', address] });
  const router = createRouter({ routeTree: root.addChildren([page('/reset'), page('/invite')]), history });
  render(<RouterProvider router={router} />);
  await screen.findByText(/token:/);
  return { history, router };
}

it('takes the secret out of the address before the page is shown, and out of the history', async () => {
  const { history } = await visit('/reset#s3cret_-');
  expect(screen.getByText('token: s3cret_-')).toBeInTheDocument();
  expect(history.location.href).toBe('/reset');
  expect(history.length).toBe(2);
  expect(JSON.stringify(history.location.state)).not.toContain('s3cret');
});

it('keeps each page’s own, until it has served', async () => {
  await visit('/invite#other');
  expect(screen.getByText('token: other')).toBeInTheDocument();
  act(() => forgetToken('/invite'));
  expect(screen.getByText('token: none')).toBeInTheDocument();
});

it('takes the newer link when one follows the other in the same window', async () => {
  const { history } = await visit('/invite#first');
  act(() => history.push('/invite#second'));
  expect(await screen.findByText('token: second')).toBeInTheDocument();
  expect(history.location.href).toBe('/invite');
  act(() => forgetToken('/invite'));
});

it('shows the page without one when there is none', async () => {
  await visit('/invite');
  expect(screen.getByText('token: none')).toBeInTheDocument();
});
