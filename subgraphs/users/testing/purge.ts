/** For a purge, which begins and ends no sessions: they go with their account. */
export const sessionsOfNobody = {
  begin: async (): Promise<never> => Promise.reject(new Error('A purge begins no session.')),
  endAll: async (): Promise<string[]> => [],
}
