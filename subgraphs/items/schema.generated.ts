import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ItemRow } from './store.ts';
import type { ItemOwner } from './resolvers.ts';
import type { ItemsContext } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment in UTC, written as ISO 8601 with milliseconds: `2026-11-21T09:30:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  _FieldSet: { input: unknown; output: unknown; }
};

/** What a new item is made of. */
export type CreateItemInput = {
  /** Markdown, at most 50,000 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** 1 to 255 characters. */
  name: Scalars['String']['input'];
  /** Where it stands at first. */
  status?: ItemStatus;
  /** Who may see it at first. */
  visibility?: ItemVisibility;
};

/** The item that was created. */
export type CreateItemPayload = {
  __typename?: 'CreateItemPayload';
  /** As it stands now. */
  item: Item;
};

/** Which item to delete. */
export type DeleteItemInput = {
  /** Its id. */
  id: Scalars['ID']['input'];
};

/** The item that was deleted. */
export type DeleteItemPayload = {
  __typename?: 'DeleteItemPayload';
  /** Its id, to be forgotten by whoever keeps a copy. */
  itemId: Scalars['ID']['output'];
};

/** Something a person keeps a record of, for oneself or for everybody to see. */
export type Item = {
  __typename?: 'Item';
  /** When the item was created. */
  createdAt: Scalars['DateTime']['output'];
  /** More about it in Markdown, at most 50,000 characters; null where there is nothing more to say. */
  description?: Maybe<Scalars['String']['output']>;
  /** Stays the same for the life of the item. */
  id: Scalars['ID']['output'];
  /** What the item is called, 1 to 255 characters. */
  name: Scalars['String']['output'];
  /** Whose item it is. Null, with an error, while accounts cannot be reached. */
  owner?: Maybe<User>;
  /** Where the item stands in its life. */
  status: ItemStatus;
  /** When the item was last changed; the time of creation as long as it was not. */
  updatedAt: Scalars['DateTime']['output'];
  /** 1 for a new item; grows by one with each change. */
  version: Scalars['Int']['output'];
  /** What the reader may do with it. */
  viewerPermission: ItemPermission;
  /** Who may see it. */
  visibility: ItemVisibility;
};

/** A page of items, as Relay's connection specification has it. */
export type ItemConnection = {
  __typename?: 'ItemConnection';
  /** The items of this page, each with its cursor. */
  edges: Array<ItemEdge>;
  /** The items of this page without cursors, for those who need none. */
  nodes: Array<Item>;
  /** Whether there is more, and where to go on. */
  pageInfo: PageInfo;
};

/** An item and its place in the list. */
export type ItemEdge = {
  __typename?: 'ItemEdge';
  /** Given as `after`, answers with what follows this item. Opaque: its form may change. */
  cursor: Scalars['String']['output'];
  /** The item. */
  node: Item;
};

/** What a reader may do with an item. */
export type ItemPermission =
  /** Read, change and delete it: it is the reader's own. */
  | 'OWNER'
  /** Read it. */
  | 'VIEW';

/** Where an item stands in its life. */
export type ItemStatus =
  /** In use. */
  | 'ACTIVE'
  /** Kept for the record. */
  | 'ARCHIVED'
  /** Being worked on: how every item starts. */
  | 'DRAFT'
  /** Out of use for now. */
  | 'INACTIVE';

/** Who may see an item. */
export type ItemVisibility =
  /** Its owner alone: how every item starts. */
  | 'PRIVATE'
  /** Everybody, also without an account. */
  | 'PUBLIC';

export type Mutation = {
  __typename?: 'Mutation';
  /** Creates an item that belongs to the caller. */
  createItem?: Maybe<CreateItemPayload>;
  /** Deletes an item of the caller's. */
  deleteItem?: Maybe<DeleteItemPayload>;
  /** Changes the given fields of an item of the caller's and leaves the others as they are. */
  updateItem?: Maybe<UpdateItemPayload>;
};


export type MutationCreateItemArgs = {
  input: CreateItemInput;
};


export type MutationDeleteItemArgs = {
  input: DeleteItemInput;
};


export type MutationUpdateItemArgs = {
  input: UpdateItemInput;
};

/** Where a page stands in its list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** The cursor of the page's last item; null for an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether another item follows this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether the page began after a cursor, so that items stand before it. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the page's first item; null for an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

export type Query = {
  __typename?: 'Query';
  /**
   * An item by its id. One that does not exist and one that the reader may not see are answered alike: null, with the
   * code `NOT_FOUND`.
   */
  item?: Maybe<Item>;
  /** Every item the reader may see, newest first: public ones, and the reader's own. */
  items: ItemConnection;
};


export type QueryItemArgs = {
  id: Scalars['ID']['input'];
};


export type QueryItemsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};

/** What to change about an item. A field that is left out stays as it is. */
export type UpdateItemInput = {
  /** Markdown, at most 50,000 characters; null takes the description away. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** Which item. */
  id: Scalars['ID']['input'];
  /** 1 to 255 characters; cannot be null. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Cannot be null. */
  status?: InputMaybe<ItemStatus>;
  /** Cannot be null. */
  visibility?: InputMaybe<ItemVisibility>;
};

/** The item that was changed. */
export type UpdateItemPayload = {
  __typename?: 'UpdateItemPayload';
  /** As it stands now. */
  item: Item;
};

export type User = {
  __typename?: 'User';
  id: Scalars['ID']['output'];
  /** The items of this person that the reader may see, newest first. */
  items: ItemConnection;
};


export type UserItemsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Item: Item;
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Item:
    ( { __typename: 'Item' }
    & GraphQLRecursivePick<FederationTypes['Item'], {"id":true}> );
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  CreateItemInput: CreateItemInput;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  CreateItemPayload: ResolverTypeWrapper<Omit<CreateItemPayload, 'item'> & { item: ResolversTypes['Item'] }>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeleteItemInput: DeleteItemInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  DeleteItemPayload: ResolverTypeWrapper<DeleteItemPayload>;
  Item: ResolverTypeWrapper<ItemRow>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  ItemConnection: ResolverTypeWrapper<Omit<ItemConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['ItemEdge']>, nodes: Array<ResolversTypes['Item']> }>;
  ItemEdge: ResolverTypeWrapper<Omit<ItemEdge, 'node'> & { node: ResolversTypes['Item'] }>;
  ItemPermission: ItemPermission;
  ItemStatus: ItemStatus;
  ItemVisibility: ItemVisibility;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  UpdateItemInput: UpdateItemInput;
  UpdateItemPayload: ResolverTypeWrapper<Omit<UpdateItemPayload, 'item'> & { item: ResolversTypes['Item'] }>;
  User: ResolverTypeWrapper<ItemOwner>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  CreateItemInput: CreateItemInput;
  String: Scalars['String']['output'];
  CreateItemPayload: Omit<CreateItemPayload, 'item'> & { item: ResolversParentTypes['Item'] };
  DateTime: Scalars['DateTime']['output'];
  DeleteItemInput: DeleteItemInput;
  ID: Scalars['ID']['output'];
  DeleteItemPayload: DeleteItemPayload;
  Item: ItemRow;
  Int: Scalars['Int']['output'];
  ItemConnection: Omit<ItemConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['ItemEdge']>, nodes: Array<ResolversParentTypes['Item']> };
  ItemEdge: Omit<ItemEdge, 'node'> & { node: ResolversParentTypes['Item'] };
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Query: Record<PropertyKey, never>;
  UpdateItemInput: UpdateItemInput;
  UpdateItemPayload: Omit<UpdateItemPayload, 'item'> & { item: ResolversParentTypes['Item'] };
  User: ItemOwner;
};

export type CreateItemPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['CreateItemPayload'] = ResolversParentTypes['CreateItemPayload']> = {
  item?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeleteItemPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['DeleteItemPayload'] = ResolversParentTypes['DeleteItemPayload']> = {
  itemId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ItemResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Item'] = ResolversParentTypes['Item'], FederationReferenceType extends FederationReferenceTypes['Item'] = FederationReferenceTypes['Item']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Item']> | FederationReferenceType, FederationReferenceType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ItemStatus'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  viewerPermission?: Resolver<ResolversTypes['ItemPermission'], ParentType, ContextType>;
  visibility?: Resolver<ResolversTypes['ItemVisibility'], ParentType, ContextType>;
};

export type ItemConnectionResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ItemConnection'] = ResolversParentTypes['ItemConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ItemEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Item']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ItemEdgeResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ItemEdge'] = ResolversParentTypes['ItemEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  createItem?: Resolver<Maybe<ResolversTypes['CreateItemPayload']>, ParentType, ContextType, RequireFields<MutationCreateItemArgs, 'input'>>;
  deleteItem?: Resolver<Maybe<ResolversTypes['DeleteItemPayload']>, ParentType, ContextType, RequireFields<MutationDeleteItemArgs, 'input'>>;
  updateItem?: Resolver<Maybe<ResolversTypes['UpdateItemPayload']>, ParentType, ContextType, RequireFields<MutationUpdateItemArgs, 'input'>>;
};

export type PageInfoResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  item?: Resolver<Maybe<ResolversTypes['Item']>, ParentType, ContextType, RequireFields<QueryItemArgs, 'id'>>;
  items?: Resolver<ResolversTypes['ItemConnection'], ParentType, ContextType, RequireFields<QueryItemsArgs, 'first'>>;
};

export type UpdateItemPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['UpdateItemPayload'] = ResolversParentTypes['UpdateItemPayload']> = {
  item?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  items?: Resolver<ResolversTypes['ItemConnection'], ParentType, ContextType, RequireFields<UserItemsArgs, 'first'>>;
};

export type Resolvers<ContextType = ItemsContext> = {
  CreateItemPayload?: CreateItemPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeleteItemPayload?: DeleteItemPayloadResolvers<ContextType>;
  Item?: ItemResolvers<ContextType>;
  ItemConnection?: ItemConnectionResolvers<ContextType>;
  ItemEdge?: ItemEdgeResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  UpdateItemPayload?: UpdateItemPayloadResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
};

