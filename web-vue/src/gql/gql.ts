/* eslint-disable */
import * as types from './graphql.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment ItemCard on Item {\n  id\n  name\n  status\n  visibility\n  version\n  createdAt\n  updatedAt\n  owner {\n    id\n    username\n  }\n}\n\nfragment ItemDetail on Item {\n  ...ItemCard\n  description\n  viewerPermission\n}\n\nfragment ItemPage on ItemConnection {\n  nodes {\n    ...ItemCard\n  }\n  pageInfo {\n    hasNextPage\n    endCursor\n  }\n}": typeof types.ItemCardFragmentDoc,
    "query Items($first: Int!, $after: String) {\n  items(first: $first, after: $after) {\n    ...ItemPage\n  }\n}\n\nquery MyItems($first: Int!, $after: String) {\n  me {\n    id\n    items(first: $first, after: $after) {\n      ...ItemPage\n    }\n  }\n}\n\nquery Item($id: ID!) {\n  item(id: $id) {\n    ...ItemDetail\n  }\n}\n\nmutation CreateItem($input: CreateItemInput!) {\n  createItem(input: $input) {\n    item {\n      ...ItemDetail\n    }\n  }\n}\n\nmutation UpdateItem($input: UpdateItemInput!) {\n  updateItem(input: $input) {\n    item {\n      ...ItemDetail\n    }\n  }\n}\n\nmutation DeleteItem($input: DeleteItemInput!) {\n  deleteItem(input: $input) {\n    itemId\n  }\n}\n\nsubscription ItemsChanged($scope: ItemsScope!) {\n  itemsChanged(scope: $scope) {\n    kind\n    itemId\n    item {\n      ...ItemCard\n    }\n  }\n}": typeof types.ItemsDocument,
    "query Me {\n  me {\n    id\n    username\n    email\n    createdAt\n  }\n}\n\nquery Person($id: ID!) {\n  user(id: $id) {\n    id\n    username\n    createdAt\n  }\n}\n\nquery PersonItems($id: ID!, $first: Int!, $after: String) {\n  user(id: $id) {\n    id\n    items(first: $first, after: $after) {\n      ...ItemPage\n    }\n  }\n}\n\nmutation Register($input: RegisterInput!) {\n  register(input: $input) {\n    user {\n      id\n      username\n    }\n  }\n}\n\nmutation Login($input: LoginInput!) {\n  login(input: $input) {\n    accessToken\n    expiresIn\n    user {\n      id\n      username\n      email\n      createdAt\n    }\n  }\n}": typeof types.MeDocument,
};
const documents: Documents = {
    "fragment ItemCard on Item {\n  id\n  name\n  status\n  visibility\n  version\n  createdAt\n  updatedAt\n  owner {\n    id\n    username\n  }\n}\n\nfragment ItemDetail on Item {\n  ...ItemCard\n  description\n  viewerPermission\n}\n\nfragment ItemPage on ItemConnection {\n  nodes {\n    ...ItemCard\n  }\n  pageInfo {\n    hasNextPage\n    endCursor\n  }\n}": types.ItemCardFragmentDoc,
    "query Items($first: Int!, $after: String) {\n  items(first: $first, after: $after) {\n    ...ItemPage\n  }\n}\n\nquery MyItems($first: Int!, $after: String) {\n  me {\n    id\n    items(first: $first, after: $after) {\n      ...ItemPage\n    }\n  }\n}\n\nquery Item($id: ID!) {\n  item(id: $id) {\n    ...ItemDetail\n  }\n}\n\nmutation CreateItem($input: CreateItemInput!) {\n  createItem(input: $input) {\n    item {\n      ...ItemDetail\n    }\n  }\n}\n\nmutation UpdateItem($input: UpdateItemInput!) {\n  updateItem(input: $input) {\n    item {\n      ...ItemDetail\n    }\n  }\n}\n\nmutation DeleteItem($input: DeleteItemInput!) {\n  deleteItem(input: $input) {\n    itemId\n  }\n}\n\nsubscription ItemsChanged($scope: ItemsScope!) {\n  itemsChanged(scope: $scope) {\n    kind\n    itemId\n    item {\n      ...ItemCard\n    }\n  }\n}": types.ItemsDocument,
    "query Me {\n  me {\n    id\n    username\n    email\n    createdAt\n  }\n}\n\nquery Person($id: ID!) {\n  user(id: $id) {\n    id\n    username\n    createdAt\n  }\n}\n\nquery PersonItems($id: ID!, $first: Int!, $after: String) {\n  user(id: $id) {\n    id\n    items(first: $first, after: $after) {\n      ...ItemPage\n    }\n  }\n}\n\nmutation Register($input: RegisterInput!) {\n  register(input: $input) {\n    user {\n      id\n      username\n    }\n  }\n}\n\nmutation Login($input: LoginInput!) {\n  login(input: $input) {\n    accessToken\n    expiresIn\n    user {\n      id\n      username\n      email\n      createdAt\n    }\n  }\n}": types.MeDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment ItemCard on Item {\n  id\n  name\n  status\n  visibility\n  version\n  createdAt\n  updatedAt\n  owner {\n    id\n    username\n  }\n}\n\nfragment ItemDetail on Item {\n  ...ItemCard\n  description\n  viewerPermission\n}\n\nfragment ItemPage on ItemConnection {\n  nodes {\n    ...ItemCard\n  }\n  pageInfo {\n    hasNextPage\n    endCursor\n  }\n}"): (typeof documents)["fragment ItemCard on Item {\n  id\n  name\n  status\n  visibility\n  version\n  createdAt\n  updatedAt\n  owner {\n    id\n    username\n  }\n}\n\nfragment ItemDetail on Item {\n  ...ItemCard\n  description\n  viewerPermission\n}\n\nfragment ItemPage on ItemConnection {\n  nodes {\n    ...ItemCard\n  }\n  pageInfo {\n    hasNextPage\n    endCursor\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Items($first: Int!, $after: String) {\n  items(first: $first, after: $after) {\n    ...ItemPage\n  }\n}\n\nquery MyItems($first: Int!, $after: String) {\n  me {\n    id\n    items(first: $first, after: $after) {\n      ...ItemPage\n    }\n  }\n}\n\nquery Item($id: ID!) {\n  item(id: $id) {\n    ...ItemDetail\n  }\n}\n\nmutation CreateItem($input: CreateItemInput!) {\n  createItem(input: $input) {\n    item {\n      ...ItemDetail\n    }\n  }\n}\n\nmutation UpdateItem($input: UpdateItemInput!) {\n  updateItem(input: $input) {\n    item {\n      ...ItemDetail\n    }\n  }\n}\n\nmutation DeleteItem($input: DeleteItemInput!) {\n  deleteItem(input: $input) {\n    itemId\n  }\n}\n\nsubscription ItemsChanged($scope: ItemsScope!) {\n  itemsChanged(scope: $scope) {\n    kind\n    itemId\n    item {\n      ...ItemCard\n    }\n  }\n}"): (typeof documents)["query Items($first: Int!, $after: String) {\n  items(first: $first, after: $after) {\n    ...ItemPage\n  }\n}\n\nquery MyItems($first: Int!, $after: String) {\n  me {\n    id\n    items(first: $first, after: $after) {\n      ...ItemPage\n    }\n  }\n}\n\nquery Item($id: ID!) {\n  item(id: $id) {\n    ...ItemDetail\n  }\n}\n\nmutation CreateItem($input: CreateItemInput!) {\n  createItem(input: $input) {\n    item {\n      ...ItemDetail\n    }\n  }\n}\n\nmutation UpdateItem($input: UpdateItemInput!) {\n  updateItem(input: $input) {\n    item {\n      ...ItemDetail\n    }\n  }\n}\n\nmutation DeleteItem($input: DeleteItemInput!) {\n  deleteItem(input: $input) {\n    itemId\n  }\n}\n\nsubscription ItemsChanged($scope: ItemsScope!) {\n  itemsChanged(scope: $scope) {\n    kind\n    itemId\n    item {\n      ...ItemCard\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Me {\n  me {\n    id\n    username\n    email\n    createdAt\n  }\n}\n\nquery Person($id: ID!) {\n  user(id: $id) {\n    id\n    username\n    createdAt\n  }\n}\n\nquery PersonItems($id: ID!, $first: Int!, $after: String) {\n  user(id: $id) {\n    id\n    items(first: $first, after: $after) {\n      ...ItemPage\n    }\n  }\n}\n\nmutation Register($input: RegisterInput!) {\n  register(input: $input) {\n    user {\n      id\n      username\n    }\n  }\n}\n\nmutation Login($input: LoginInput!) {\n  login(input: $input) {\n    accessToken\n    expiresIn\n    user {\n      id\n      username\n      email\n      createdAt\n    }\n  }\n}"): (typeof documents)["query Me {\n  me {\n    id\n    username\n    email\n    createdAt\n  }\n}\n\nquery Person($id: ID!) {\n  user(id: $id) {\n    id\n    username\n    createdAt\n  }\n}\n\nquery PersonItems($id: ID!, $first: Int!, $after: String) {\n  user(id: $id) {\n    id\n    items(first: $first, after: $after) {\n      ...ItemPage\n    }\n  }\n}\n\nmutation Register($input: RegisterInput!) {\n  register(input: $input) {\n    user {\n      id\n      username\n    }\n  }\n}\n\nmutation Login($input: LoginInput!) {\n  login(input: $input) {\n    accessToken\n    expiresIn\n    user {\n      id\n      username\n      email\n      createdAt\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;