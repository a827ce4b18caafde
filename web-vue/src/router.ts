// The pages and where they are found. Only the first one is part of the first download.
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
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
    { path: '/items/new', component: () => import('./pages/NewItemPage.vue'), meta: { needsSession: true } },
    { path: '/items/:id', component: () => import('./pages/ItemPage.vue'), props: true },
    {
      path: '/items/:id/edit',
      component: () => import('./pages/EditItemPage.vue'),
      props: true,
      meta: { needsSession: true },
    },
    { path: '/people/:id', component: () => import('./pages/PersonPage.vue'), props: true },
    { path: '/sign-in', component: () => import('./pages/SignInPage.vue'), meta: { forGuests: true } },
    { path: '/sign-up', component: () => import('./pages/SignUpPage.vue'), meta: { forGuests: true } },
    { path: '/status', component: () => import('./pages/StatusPage.vue') },
    { path: '/:path(.*)*', component: () => import('./pages/NotFoundPage.vue') },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach((to) => {
  const { isSignedIn } = useSession()
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

/** The way to sign in that leads back to the page where it began. */
export const signInAndReturn = ({ fullPath }: { fullPath: string }) => ({
  path: '/sign-in',
  query: fullPath === '/' ? {} : { next: fullPath },
})

/** Where to go after signing in: the page that asked for it. Never another site, whatever the address says. */
export function returnPath({ query: { next } }: Pick<RouteLocationNormalized, 'query'>): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}
