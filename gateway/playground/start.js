// Runs in the browser: GraphiQL on this gateway, subscriptions over WebSocket on the same path.
/* global GraphiQL, React, ReactDOM */
const { query } = await (await fetch('/playground/query.json')).json()
const url = new URL('/graphql', location.href)
const fetcher = GraphiQL.createFetcher({
  url: url.href,
  subscriptionUrl: url.href.replace(/^http/, 'ws'),
})
ReactDOM.createRoot(document.getElementById('playground')).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: query, defaultEditorToolsVisibility: true }),
)
