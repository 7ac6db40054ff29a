import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { validateReadSearch } from '@/features/administration/console/search';
import { validateAuditSearch } from '@/features/audit/search';
import { validateRunsSearch, validateWorkflowsSearch } from '@/features/automation/search';
import { validateRolesSearch } from '@/features/identity/roles/search';
import { type Outcome, outcomeOf } from '@/features/identity/sign-in/external';
import { validateOutside } from '@/features/identity/sign-in/search';
import { validateMessagesSearch } from '@/features/messaging/search';
import { validatePatientSearch, validatePatientsSearch, validatePeek, validateWorklistSearch } from '@/features/patients/search';
import { validateAbsencesSearch } from '@/features/practice/absences/search';
import { validateClosingSearch } from '@/features/practice/closing-days/search';
import { validateHoursSearch } from '@/features/practice/hours/search';
import { validateWelcomeSearch } from '@/features/practice/onboarding/search';
import { validateListSearch } from '@/features/practice/search';
import { validateServicesSearch } from '@/features/practice/services/search';
import { validateBookingSearch } from '@/features/scheduling/online/search';
import { validateRecallsSearch } from '@/features/scheduling/recalls/search';
import { validateCalendarSearch } from '@/features/scheduling/search';
import { validateTodaySearch } from '@/features/scheduling/today/search';
import { validateTasksSearch } from '@/features/tasks/search';
import { takeToken } from '@/shared/auth/mailedToken';
import { sessionQuery } from '@/shared/auth/session';
import { wantTexts } from '@/shared/i18n';
import { NotFound, RouteFailed } from './fallbacks';
import { inside, root } from './frame';
import { queryClient } from './queryClient';
import { calling, callsTree, casesTree } from './voiceRoutes';


/** Signing in comes before the shell, which is a chunk of its own and not loaded for it. */
const outside = createRoute({
  getParentRoute: () => root,
  id: 'outside',
  validateSearch: validateOutside,
  beforeLoad: async ({ context, search }) => {
    if (await context.queryClient.ensureQueryData(sessionQuery)) throw redirect({ to: search.next ?? '/' });
  },
});
const signIn = createRoute({
  getParentRoute: () => outside,
  path: '/sign-in',
  // where another provider leads back to: what came of it, or behind a `#` the question for the second factor
  validateSearch: (search: Record<string, unknown>): { external?: Outcome } => {
    const external = outcomeOf(search.external);
    return external ? { external } : {};
  },
  beforeLoad: takeToken,
  component: lazyRouteComponent(() => import('@/features/identity/sign-in/SignInPage'), 'SignInPage'),
});
const signUp = createRoute({
  getParentRoute: () => outside,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('@/features/identity/sign-up/SignUpPage'), 'SignUpPage'),
});
const forgot = createRoute({
  getParentRoute: () => outside,
  path: '/forgot',
  component: lazyRouteComponent(() => import('@/features/identity/reset/ForgotPage'), 'ForgotPage'),
});

/** Where mails lead, whoever is signed in. */
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  beforeLoad: takeToken,
  component: lazyRouteComponent(() => import('@/features/identity/reset/ResetPage'), 'ResetPage'),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite',
  beforeLoad: takeToken,
  component: lazyRouteComponent(() => import('@/features/identity/invite/InvitePage'), 'InvitePage'),
});
/** Where the links of patients lead, who have no account; whoever is signed in here does not matter. */
const patientLink = createRoute({
  getParentRoute: () => root,
  path: '/v',
  beforeLoad: takeToken,
  loader: () => wantTexts('links'),
  component: lazyRouteComponent(() => import('@/features/scheduling/visit-link/LinkPage'), 'LinkPage'),
});
/** Where the links of e-mails lead by which somebody gets no more of them. */
const unsubscribe = createRoute({
  getParentRoute: () => root,
  path: '/u',
  beforeLoad: takeToken,
  loader: () => Promise.all([wantTexts('links'), wantTexts('unsubscribe')]),
  component: lazyRouteComponent(() => import('@/features/messaging/unsubscribe/UnsubscribePage'), 'UnsubscribePage'),
});
/** As programs for mail write them. */
const unsubscribeBy = createRoute({
  getParentRoute: () => root,
  path: '/u/$token',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/u', hash: params.token, replace: true });
  },
});
/** Where those are kept who must set up a second factor before anything else. */
const enrol = createRoute({
  getParentRoute: () => root,
  path: '/enrol',
  beforeLoad: async ({ context }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: '/sign-in' });
    if (!session.mustEnrol) throw redirect({ to: '/account/security' });
  },
  component: lazyRouteComponent(() => import('@/features/identity/account/EnrolPage'), 'EnrolPage'),
});

const platformSetup = createRoute({
  getParentRoute: () => root,
  path: '/platform/setup',
  beforeLoad: takeToken,
  loader: () => wantTexts('console'),
  component: lazyRouteComponent(() => import('@/features/administration/console/SetupPage'), 'SetupPage'),
});

/** The platform's own administrators: nothing of a practice's session counts here. */
const platform = createRoute({
  getParentRoute: () => root,
  path: '/platform',
  loader: () => wantTexts('console'),
  component: lazyRouteComponent(() => import('@/features/administration/console/ConsolePage'), 'ConsolePage'),
});
const platformPractices = createRoute({
  getParentRoute: () => platform,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/administration/console/Practices'), 'Practices'),
});
const platformPractice = createRoute({
  getParentRoute: () => platform,
  path: '/practices/$id',
  component: lazyRouteComponent(() => import('@/features/administration/console/PracticePage'), 'PracticePage'),
});
const platformRead = createRoute({
  getParentRoute: () => platform,
  path: '/practices/$id/read',
  validateSearch: validateReadSearch,
  component: lazyRouteComponent(() => import('@/features/administration/console/ReadPage'), 'ReadPage'),
});
const platformQueues = createRoute({
  getParentRoute: () => platform,
  path: '/queues',
  component: lazyRouteComponent(() => import('@/features/administration/console/QueuesPage'), 'QueuesPage'),
});
const platformFailures = createRoute({
  getParentRoute: () => platform,
  path: '/failures',
  component: lazyRouteComponent(() => import('@/features/administration/console/FailuresPage'), 'FailuresPage'),
});
const platformHealth = createRoute({
  getParentRoute: () => platform,
  path: '/health',
  component: lazyRouteComponent(() => import('@/features/administration/console/HealthPage'), 'HealthPage'),
});
const platformMails = createRoute({
  getParentRoute: () => platform,
  path: '/mails',
  component: lazyRouteComponent(() => import('@/features/administration/console/MailsPage'), 'MailsPage'),
});
const platformAccess = createRoute({
  getParentRoute: () => platform,
  path: '/access',
  component: lazyRouteComponent(() => import('@/features/administration/console/AccessPage'), 'AccessPage'),
});
const platformOwn = createRoute({
  getParentRoute: () => platform,
  path: '/me',
  component: lazyRouteComponent(() => import('@/features/administration/console/OwnPage'), 'OwnPage'),
});

/** A practice's page, on which everybody books by themselves: whoever is signed in does not matter there. */
const booking = createRoute({
  getParentRoute: () => root,
  id: 'booking',
  validateSearch: validateBookingSearch,
  loader: () => wantTexts('online'),
  component: lazyRouteComponent(() => import('@/features/scheduling/online/BookingPage'), 'BookingPage'),
});
const [bookingHere, bookingAt, bookingOf] = [
  createRoute({ getParentRoute: () => booking, path: '/book' }),
  createRoute({ getParentRoute: () => booking, path: '/book/$practice' }),
  createRoute({ getParentRoute: () => booking, path: '/book/$practice/$service' }),
];

/** Where one begins: with the day, for those who see appointments. */
const start = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: async ({ context }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    throw redirect({ to: session?.permissions.includes('appointments.read') ? '/today' : '/home', replace: true });
  },
});
const today = createRoute({
  getParentRoute: () => inside,
  path: '/today',
  validateSearch: validateTodaySearch,
  loader: () => Promise.all([wantTexts('patients'), wantTexts('scheduling'), wantTexts('waitlist')]),
  component: lazyRouteComponent(() => import('@/features/scheduling/today/TodayPage'), 'TodayPage'),
});
const home = createRoute({
  getParentRoute: () => inside,
  path: '/home',
  component: lazyRouteComponent(() => import('./HomePage'), 'HomePage'),
});
const welcome = createRoute({
  getParentRoute: () => inside,
  path: '/welcome',
  validateSearch: validateWelcomeSearch,
  component: lazyRouteComponent(() => import('@/features/practice/onboarding/OnboardingPage'), 'OnboardingPage'),
});
const waitlist = createRoute({
  getParentRoute: () => inside,
  path: '/waitlist',
  loader: () => Promise.all([wantTexts('patients'), wantTexts('scheduling'), wantTexts('waitlist')]),
  component: lazyRouteComponent(() => import('@/features/scheduling/waitlist/WaitlistPage'), 'WaitlistPage'),
});
const recalls = createRoute({
  getParentRoute: () => inside,
  path: '/recalls',
  validateSearch: validateRecallsSearch,
  loader: () => Promise.all([wantTexts('patients'), wantTexts('scheduling'), wantTexts('waitlist')]),
  component: lazyRouteComponent(() => import('@/features/scheduling/recalls/RecallsPage'), 'RecallsPage'),
});
const messages = createRoute({
  getParentRoute: () => inside,
  path: '/messages',
  validateSearch: validateMessagesSearch,
  loader: () => Promise.all([wantTexts('patients'), wantTexts('scheduling'), wantTexts('messaging')]),
  component: lazyRouteComponent(() => import('@/features/messaging/ledger/MessagesPage'), 'MessagesPage'),
});
const mailbox = createRoute({
  getParentRoute: () => inside,
  path: '/messages/mailbox',
  loader: () => Promise.all([wantTexts('patients'), wantTexts('messaging')]),
  component: lazyRouteComponent(() => import('@/features/messaging/mailbox/MailboxPage'), 'MailboxPage'),
});
const tasks = createRoute({
  getParentRoute: () => inside,
  path: '/tasks',
  validateSearch: validateTasksSearch,
  loader: () => wantTexts('tasks'),
  component: lazyRouteComponent(() => import('@/features/tasks/TasksPage'), 'TasksPage'),
});
const calendar = createRoute({
  getParentRoute: () => inside,
  path: '/calendar',
  validateSearch: validateCalendarSearch,
  loader: () => Promise.all([wantTexts('patients'), wantTexts('scheduling')]),
  component: lazyRouteComponent(() => import('@/features/scheduling/CalendarPage'), 'CalendarPage'),
});
const patients = createRoute({
  getParentRoute: () => inside,
  path: '/patients',
  validateSearch: validatePatientsSearch,
  loader: () => wantTexts('patients'),
  component: lazyRouteComponent(() => import('@/features/patients/PatientsPage'), 'PatientsPage'),
});
const patient = createRoute({
  getParentRoute: () => inside,
  path: '/patients/$id',
  validateSearch: validatePatientSearch,
  loader: () => wantTexts('patients'),
  component: lazyRouteComponent(() => import('@/features/patients/PatientPage'), 'PatientPage'),
});
const duplicates = createRoute({
  getParentRoute: () => inside,
  path: '/patients/duplicates',
  validateSearch: validatePeek,
  loader: () => wantTexts('patients'),
  component: lazyRouteComponent(() => import('@/features/patients/duplicates/DuplicatesPage'), 'DuplicatesPage'),
});
const imports = createRoute({
  getParentRoute: () => inside,
  path: '/patients/imports',
  loader: () => Promise.all([wantTexts('patients'), wantTexts('imports')]),
  component: lazyRouteComponent(() => import('@/features/patients/imports/ImportsPage'), 'ImportsPage'),
});
const importOne = createRoute({
  getParentRoute: () => inside,
  path: '/patients/imports/$id',
  validateSearch: validatePeek,
  loader: () => Promise.all([wantTexts('patients'), wantTexts('imports')]),
  component: lazyRouteComponent(() => import('@/features/patients/imports/ImportPage'), 'ImportPage'),
});
const workflows = createRoute({
  getParentRoute: () => inside,
  path: '/workflows',
  loader: () => Promise.all([wantTexts('automation'), wantTexts('messaging')]),
});
const workflowList = createRoute({
  getParentRoute: () => workflows,
  path: '/',
  validateSearch: validateWorkflowsSearch,
  component: lazyRouteComponent(() => import('@/features/automation/list/WorkflowsPage'), 'WorkflowsPage'),
});
const recipes = createRoute({
  getParentRoute: () => workflows,
  path: '/recipes',
  component: lazyRouteComponent(() => import('@/features/automation/recipes/RecipesPage'), 'RecipesPage'),
});
const runs = createRoute({
  getParentRoute: () => workflows,
  path: '/runs',
  validateSearch: validateRunsSearch,
  component: lazyRouteComponent(() => import('@/features/automation/runs/RunsPage'), 'RunsPage'),
});
const run = createRoute({
  getParentRoute: () => workflows,
  path: '/runs/$id',
  component: lazyRouteComponent(() => import('@/features/automation/runs/RunPage'), 'RunPage'),
});
const workflow = createRoute({
  getParentRoute: () => workflows,
  path: '/$id',
  component: lazyRouteComponent(() => import('@/features/automation/builder/BuilderPage'), 'BuilderPage'),
});
const insurance = createRoute({
  getParentRoute: () => inside,
  path: '/patients/insurance',
  validateSearch: validateWorklistSearch,
  loader: () => wantTexts('patients'),
  component: lazyRouteComponent(() => import('@/features/patients/insurance/VerifyPage'), 'VerifyPage'),
});
const tags = createRoute({
  getParentRoute: () => inside,
  path: '/settings/tags',
  validateSearch: validateListSearch,
  loader: () => wantTexts('patients'),
  component: lazyRouteComponent(() => import('@/features/patients/tags/TagsPage'), 'TagsPage'),
});
const patientFields = createRoute({
  getParentRoute: () => inside,
  path: '/settings/patient-fields',
  validateSearch: validateListSearch,
  loader: () => wantTexts('patients'),
  component: lazyRouteComponent(() => import('@/features/patients/fields/FieldsPage'), 'FieldsPage'),
});
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('./SettingsPage'), 'SettingsPage'),
});
const services = createRoute({
  getParentRoute: () => inside,
  path: '/settings/services',
  validateSearch: validateServicesSearch,
  component: lazyRouteComponent(() => import('@/features/practice/services/ServicesPage'), 'ServicesPage'),
});
const practiceProfile = createRoute({
  getParentRoute: () => inside,
  path: '/settings/profile',
  component: lazyRouteComponent(() => import('@/features/practice/profile/ProfilePage'), 'ProfilePage'),
});
const locations = createRoute({
  getParentRoute: () => inside,
  path: '/settings/locations',
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import('@/features/practice/locations/LocationsPage'), 'LocationsPage'),
});
const rooms = createRoute({
  getParentRoute: () => inside,
  path: '/settings/rooms',
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import('@/features/practice/rooms/RoomsPage'), 'RoomsPage'),
});
const staff = createRoute({
  getParentRoute: () => inside,
  path: '/settings/staff',
  component: lazyRouteComponent(() => import('@/features/identity/staff/StaffPage'), 'StaffPage'),
});
const roles = createRoute({
  getParentRoute: () => inside,
  path: '/settings/roles',
  validateSearch: validateRolesSearch,
  component: lazyRouteComponent(() => import('@/features/identity/roles/RolesPage'), 'RolesPage'),
});
const accessReview = createRoute({
  getParentRoute: () => inside,
  path: '/settings/access-review',
  component: lazyRouteComponent(() => import('@/features/identity/review/ReviewPage'), 'ReviewPage'),
});
const apiKeys = createRoute({
  getParentRoute: () => inside,
  path: '/settings/api-keys',
  component: lazyRouteComponent(() => import('@/features/identity/api-keys/ApiKeysPage'), 'ApiKeysPage'),
});
const providers = createRoute({
  getParentRoute: () => inside,
  path: '/settings/providers',
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import('@/features/practice/providers/ProvidersPage'), 'ProvidersPage'),
});
const absences = createRoute({
  getParentRoute: () => inside,
  path: '/settings/absences',
  validateSearch: validateAbsencesSearch,
  component: lazyRouteComponent(() => import('@/features/practice/absences/AbsencesPage'), 'AbsencesPage'),
});
const scheduling = createRoute({
  getParentRoute: () => inside,
  path: '/settings/scheduling',
  loader: () => wantTexts('scheduling'),
  component: lazyRouteComponent(() => import('@/features/scheduling/rules/RulesPage'), 'RulesPage'),
});
const onlineBooking = createRoute({
  getParentRoute: () => inside,
  path: '/settings/online-booking',
  loader: () => Promise.all([wantTexts('scheduling'), wantTexts('online')]),
  component: lazyRouteComponent(() => import('@/features/scheduling/online/settings/OnlineBookingPage'), 'OnlineBookingPage'),
});
const calcom = createRoute({
  getParentRoute: () => inside,
  path: '/settings/calcom',
  loader: () => wantTexts('scheduling'),
  component: lazyRouteComponent(() => import('@/features/scheduling/calcom/CalcomPage'), 'CalcomPage'),
});
const messaging = createRoute({
  getParentRoute: () => inside,
  path: '/settings/messages',
  loader: () => wantTexts('messaging'),
  component: lazyRouteComponent(() => import('@/features/messaging/settings/MessagingPage'), 'MessagingPage'),
});
const templates = createRoute({
  getParentRoute: () => inside,
  path: '/settings/message-templates',
  validateSearch: validateListSearch,
  loader: () => Promise.all([wantTexts('patients'), wantTexts('scheduling'), wantTexts('messaging')]),
  component: lazyRouteComponent(() => import('@/features/messaging/templates/TemplatesPage'), 'TemplatesPage'),
});
const webhooks = createRoute({
  getParentRoute: () => inside,
  path: '/settings/webhooks',
  loader: () => wantTexts('webhooks'),
  component: lazyRouteComponent(() => import('@/features/webhooks/WebhooksPage'), 'WebhooksPage'),
});
const closingDays = createRoute({
  getParentRoute: () => inside,
  path: '/settings/closing-days',
  validateSearch: validateClosingSearch,
  component: lazyRouteComponent(() => import('@/features/practice/closing-days/ClosingDaysPage'), 'ClosingDaysPage'),
});
const hours = createRoute({
  getParentRoute: () => inside,
  path: '/settings/hours',
  validateSearch: validateHoursSearch,
  component: lazyRouteComponent(() => import('@/features/practice/hours/HoursPage'), 'HoursPage'),
});
const audit = createRoute({
  getParentRoute: () => inside,
  path: '/settings/audit',
  validateSearch: validateAuditSearch,
  component: lazyRouteComponent(() => import('@/features/audit/AuditPage'), 'AuditPage'),
});

const supportAccess = createRoute({
  getParentRoute: () => inside,
  path: '/settings/support-access',
  component: lazyRouteComponent(() => import('@/features/administration/support/SupportAccessPage'), 'SupportAccessPage'),
});
const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(() => import('@/features/identity/account/AccountLayout'), 'AccountLayout'),
});
const profile = createRoute({
  getParentRoute: () => account,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/identity/account/ProfilePage'), 'ProfilePage'),
});
const accountSecurity = createRoute({
  getParentRoute: () => account,
  path: '/security',
  component: lazyRouteComponent(() => import('@/features/identity/account/AccountSecurityPage'), 'AccountSecurityPage'),
});
const ownSessions = createRoute({
  getParentRoute: () => account,
  path: '/sessions',
  component: lazyRouteComponent(() => import('@/features/identity/account/SessionsPage'), 'SessionsPage'),
});
const security = createRoute({
  getParentRoute: () => inside,
  path: '/settings/security',
  component: lazyRouteComponent(() => import('@/features/identity/security/SecurityPage'), 'SecurityPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    outside.addChildren([signIn, signUp, forgot]),
    reset,
    invite,
    patientLink,
    unsubscribe,
    unsubscribeBy,
    platform.addChildren([
      platformPractices,
      platformPractice,
      platformRead,
      platformQueues,
      platformFailures,
      platformHealth,
      platformMails,
      platformAccess,
      platformOwn,
    ]),
    platformSetup,
    booking.addChildren([bookingHere, bookingAt, bookingOf]),
    enrol,
    inside.addChildren([
      start,
      today,
      home,
      welcome,
      calendar,
      waitlist,
      recalls,
      messages,
      mailbox,
      tasks,
      casesTree,
      calling,
      patients,
      workflows.addChildren([workflowList, recipes, runs, run, workflow]),
      ...callsTree,
      insurance,
      duplicates,
      imports,
      importOne,
      patient,
      account.addChildren([profile, accountSecurity, ownSessions]),
      settings,
      practiceProfile,
      locations,
      rooms,
      services,
      tags,
      patientFields,
      providers,
      hours,
      staff,
      roles,
      accessReview,
      apiKeys,
      audit,
      supportAccess,
      absences,
      security,
      scheduling,
      onlineBooking,
      calcom,
      messaging,
      templates,
      webhooks,
      closingDays,
    ]),
  ]),
  context: { queryClient },
  defaultPreload: 'intent',
  // queries know how fresh they are; the router shall not keep a second opinion
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: RouteFailed,
  defaultNotFoundComponent: NotFound,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** A record that was opened from its list, to which the way back leads. */
    fromList?: boolean;
    /** The drawer over a list was opened from it: closing it is going back. */
    peeked?: boolean;
  }
}
