import { provideClient } from '@urql/vue'
import { inject, onScopeDispose, provide, type InjectionKey } from 'vue'
import { openConnection, type Connection, type ConnectionOptions } from '../urql/connection.ts'

const key: InjectionKey<Connection> = Symbol('connection')

/** Opens a connection for the component and everything in it, and closes it with the component. */
export function provideConnection(options: ConnectionOptions): Connection {
  const connection = openConnection(options)
  provideClient(connection.client)
  provide(key, connection)
  onScopeDispose(connection.close)
  return connection
}

export function useConnection(): Connection {
  const connection = inject(key)
  if (!connection) throw new Error('There is no connection here: the component stands outside of SessionScope.')
  return connection
}

/** Calls back when events may have passed unseen, for whoever shows what may have changed meanwhile. */
export function onEventGap(callback: () => void) {
  onScopeDispose(useConnection().socket.onGap(callback))
}
