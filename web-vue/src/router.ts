// The pages and where they are found. Only the first one is part of the first download.
import {
  createRouter,
  createWebHistory,
  type RouteComponent,
  type RouteLocationNormalized,
  type RouteRecordRaw,
} from 'vue-router'
import { useSession } from './composables/useSession.ts'
import { useToasts } from './composables/useToasts.ts'
import BrowsePage from './pages/BrowsePage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    /** Anonymous readers are sent to sign in, and back. */
    needsSession?: true
    /** Of no use to somebody who is signed in. */
    forGuests?: true
  }
}

const STALE_AFTER_MS = 10_000

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: BrowsePage },
    { path: '/mine', component: () => import('./pages/MinePage.vue'), meta: { needsSession: true } },
    { path: '/mine/shared', component: () => import('./pages/SharedPage.vue'), meta: { needsSession: true } },
    { path: '/mine/trash', component: () => import('./pages/TrashPage.vue'), meta: { needsSession: true } },
    { path: '/activity', component: () => import('./pages/ActivityPage.vue'), meta: { needsSession: true } },
    { path: '/items/new', component: () => import('./pages/NewItemPage.vue'), meta: { needsSession: true } },
    { path: '/items/:id', component: () => import('./pages/ItemPage.vue'), props: true },
    {
      path: '/items/:id/edit',
      component: () => import('./pages/EditItemPage.vue'),
      props: true,
      meta: { needsSession: true },
    },
    {
      path: '/items/:id/history',
      component: () => import('./pages/HistoryPage.vue'),
      props: true,
      meta: { needsSession: true },
    },
    { path: '/people/:id', component: () => import('./pages/PersonPage.vue'), props: true },
    { path: '/sign-in', component: () => import('./pages/SignInPage.vue'), meta: { forGuests: true } },
    { path: '/sign-up', component: () => import('./pages/SignUpPage.vue'), meta: { forGuests: true } },
    { path: '/forgot-password', component: () => import('./pages/ForgotPasswordPage.vue') },
    { path: '/reset-password', component: () => import('./pages/ResetPasswordPage.vue'), props: inQuery('token') },
    { path: '/verify-email', component: () => import('./pages/VerifyEmailPage.vue'), props: inQuery('token') },
    { path: '/account-deleted', component: () => import('./pages/AccountDeletedPage.vue'), props: inQuery('until') },
    { path: '/settings', redirect: '/settings/profile' },
    settings('profile', () => import('./pages/ProfilePage.vue')),
    settings('password', () => import('./pages/PasswordPage.vue')),
    settings('second-factor', () => import('./pages/SecondFactorPage.vue')),
    settings('sessions', () => import('./pages/SessionsPage.vue')),
    settings('keys', () => import('./pages/ApiKeysPage.vue')),
    settings('delete', () => import('./pages/DeleteAccountPage.vue')),
    { path: '/admin/people', component: () => import('./pages/PeoplePage.vue'), meta: { needsSession: true } },
    {
      path: '/admin/people/:id',
      component: () => import('./pages/AccountPage.vue'),
      props: true,
      meta: { needsSession: true },
    },
    { path: '/status', component: () => import('./pages/StatusPage.vue') },
    { path: '/:path(.*)*', component: () => import('./pages/NotFoundPage.vue') },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(async (to) => {
  const { isSignedIn, settle } = useSession()
  if (to.meta.forGuests) await settle()
  if (to.meta.needsSession && !isSignedIn.value) return signInAndReturn(to)
  if (to.meta.forGuests && isSignedIn.value) return returnPath(to)
})

// A page's own code could not be loaded. If ours has been here for a while, a new release may have taken the place of
// this one, and loading everything anew mends it; if not, that would fail again and again.
router.onError((_error, to) => {
  const loadAnew = () => location.assign(to.fullPath)
  if (navigator.onLine && performance.now() > STALE_AFTER_MS) return loadAnew()
  useToasts().toast({
    text: 'This page could not be loaded. Check your connection.',
    tone: 'bad',
    action: { label: 'Try again', run: loadAnew },
  })
})

/** What a link in a mail brings along; empty where it does not. */
function inQuery(name: string) {
  return ({ query: { [name]: value } }: RouteLocationNormalized) => ({ [name]: typeof value === 'string' ? value : '' })
}

function settings(part: string, component: () => Promise<unknown>): RouteRecordRaw {
  return { path: `/settings/${part}`, component: component as RouteComponent, meta: { needsSession: true } }
}

/** The way to sign in that leads back to the page where it began. */
export const signInAndReturn = ({ fullPath }: { fullPath: string }) => ({
  path: '/sign-in',
  query: fullPath === '/' ? {} : { next: fullPath },
})

/** Where to go after signing in: the page that asked for it. Never another site, whatever the address says. */
export function returnPath({ query: { next } }: Pick<RouteLocationNormalized, 'query'>): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}
