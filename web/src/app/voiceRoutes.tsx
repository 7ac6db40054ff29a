import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { validateCallsSearch, validateNumbersSearch } from '@/features/voice/calls/search';
import { validateCasesSearch, validateWorkflow } from '@/features/voice/search';
import { wantTexts } from '@/shared/i18n';
import { inside } from './frame';

/** Where cases are, and what is set for them. */
const cases = createRoute({
  getParentRoute: () => inside,
  path: '/cases',
  loader: () => Promise.all([wantTexts('patients'), wantTexts('voice')]),
});
const caseList = createRoute({
  getParentRoute: () => cases,
  path: '/',
  validateSearch: validateCasesSearch,
  component: lazyRouteComponent(() => import('@/features/voice/cases/CasesPage'), 'CasesPage'),
});
const flowOfCases = createRoute({
  getParentRoute: () => cases,
  path: '/conversation',
  validateSearch: validateWorkflow,
  component: lazyRouteComponent(() => import('@/features/voice/conversation/ConversationPage'), 'ConversationPage'),
});
const fieldsOfCases = createRoute({
  getParentRoute: () => cases,
  path: '/settings',
  validateSearch: validateWorkflow,
  component: lazyRouteComponent(() => import('@/features/voice/settings/SettingsPage'), 'SettingsPage'),
});
const oneCase = createRoute({
  getParentRoute: () => cases,
  path: '/$id',
  loader: () => wantTexts('calls'),
  component: lazyRouteComponent(() => import('@/features/voice/case/CasePage'), 'CasePage'),
});
export const casesTree = cases.addChildren([caseList, flowOfCases, fieldsOfCases, oneCase]);

/** With whom the practice telephones. */
export const calling = createRoute({
  getParentRoute: () => inside,
  path: '/settings/calling',
  loader: () => wantTexts('voice'),
  component: lazyRouteComponent(() => import('@/features/voice/calling/CallingPage'), 'CallingPage'),
});

/** Where calls are. */
const wantCalls = () => Promise.all((['calls', 'voice', 'patients', 'scheduling'] as const).map(wantTexts));
const calls = createRoute({
  getParentRoute: () => inside,
  path: '/calls',
  validateSearch: validateCallsSearch,
  loader: wantCalls,
  component: lazyRouteComponent(() => import('@/features/voice/calls/CallsPage'), 'CallsPage'),
});
const callNumbers = createRoute({
  getParentRoute: () => inside,
  path: '/calls/dashboard',
  validateSearch: validateNumbersSearch,
  loader: wantCalls,
  component: lazyRouteComponent(() => import('@/features/voice/calls/dashboard/DashboardPage'), 'DashboardPage'),
});
const call = createRoute({
  getParentRoute: () => inside,
  path: '/calls/$id',
  loader: wantCalls,
  component: lazyRouteComponent(() => import('@/features/voice/calls/one/CallPage'), 'CallPage'),
});
const talk = createRoute({
  getParentRoute: () => inside,
  path: '/calls/$id/talk',
  loader: wantCalls,
  component: lazyRouteComponent(() => import('@/features/voice/calls/talk/TalkPage'), 'TalkPage'),
});
export const callsTree = [calls, callNumbers, call, talk] as const;
