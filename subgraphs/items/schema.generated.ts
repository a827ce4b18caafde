import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ItemRow } from './store.ts';
import type { ItemPage, ListedEdge } from './item-pages.ts';
import type { VersionRow } from './versions.ts';
import type { Page, Edge } from './pages.ts';
import type { ShareRow } from './share-changes.ts';
import type { CommentRow } from './comment-reader.ts';
import type { ActivityRow } from './activity-reader.ts';
import type { UserKey } from './resolvers.ts';
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

/** Something that happened to one of a person's items, or to what is shared with that person. */
export type Activity = Node & {
  __typename?: 'Activity';
  /** Who did it. Null, with an error, while accounts cannot be reached. */
  actor?: Maybe<User>;
  /** What was said; null where it is about no comment, or about one that is gone. */
  comment?: Maybe<Comment>;
  /** When it happened. */
  createdAt: Scalars['DateTime']['output'];
  /** Stays the same for the life of the activity. */
  id: Scalars['ID']['output'];
  /** The item as it is now; null when it is gone, in the trash, or may no longer be seen. */
  item?: Maybe<Item>;
  /** To which item. */
  itemId: Scalars['ID']['output'];
  /** What the item was called then. */
  itemName: Scalars['String']['output'];
  /** What happened. */
  kind: ActivityKind;
  /** What the share permits; null where it is about none. */
  permission?: Maybe<SharePermission>;
  /** Which version of the item that made; null where it made none. */
  version?: Maybe<Scalars['Int']['output']>;
};

/** A page of activities, as Relay's connection specification has it. */
export type ActivityConnection = {
  __typename?: 'ActivityConnection';
  /** The activities of this page, each with its cursor. */
  edges: Array<ActivityEdge>;
  /** The activities of this page without cursors, for those who need none. */
  nodes: Array<Activity>;
  /** Whether there is more, and where to go on. */
  pageInfo: PageInfo;
  /** How many there are in the whole list. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** An activity and its place in the list. */
export type ActivityEdge = {
  __typename?: 'ActivityEdge';
  /** Given as `after` or `before`, answers with what follows this activity, or what stands before it. Opaque: its form may change. */
  cursor: Scalars['String']['output'];
  /** The activity. */
  node: Activity;
};

/** What happened. */
export type ActivityKind =
  /** Somebody commented on an item, or replied to a comment. */
  | 'COMMENT_ADDED'
  /** A comment was deleted. */
  | 'COMMENT_DELETED'
  /** An item came into being. */
  | 'ITEM_CREATED'
  /** An item was put into the trash. */
  | 'ITEM_DELETED'
  /** An item was taken out of the trash. */
  | 'ITEM_RESTORED'
  /** An item was made what it had been in an earlier version. */
  | 'ITEM_REVERTED'
  /** An item was shared. */
  | 'ITEM_SHARED'
  /** Something about an item was changed. */
  | 'ITEM_UPDATED'
  /** What a share permits was changed. */
  | 'SHARE_CHANGED'
  /** A share was taken back. */
  | 'SHARE_REVOKED';

/** What to say, and about what. */
export type AddCommentInput = {
  /** Markdown, 1 to 10,000 characters. */
  body: Scalars['String']['input'];
  /** Which item. */
  itemId: Scalars['ID']['input'];
  /** The comment to reply to, of the same item; a reply to a reply stands under the same comment as that one. */
  replyTo?: InputMaybe<Scalars['ID']['input']>;
};

/** The comment that was written. */
export type AddCommentPayload = {
  __typename?: 'AddCommentPayload';
  /** As it stands now. */
  comment: Comment;
};

/** Something that was said about an item, or in reply to that. */
export type Comment = Node & {
  __typename?: 'Comment';
  /** Who wrote it; null where `body` is. Null, with an error, while accounts cannot be reached. */
  author?: Maybe<User>;
  /**
   * Markdown, at most 10,000 characters; null for one that stands there for its replies alone, because it was deleted or its
   * author's account was.
   */
  body?: Maybe<Scalars['String']['output']>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** When it was deleted; null for one that was not. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When its text was last changed; null where it never was. */
  editedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Stays the same for the life of the comment. */
  id: Scalars['ID']['output'];
  /** The item it is about. */
  item: Item;
  /** Replies to it, the oldest first. A reply has none. */
  replies: CommentConnection;
  /** The comment it replies to; null for one that replies to none. */
  replyTo?: Maybe<Comment>;
  /** Whether the reader may delete it. */
  viewerCanDelete: Scalars['Boolean']['output'];
  /** Whether the reader may change its text. */
  viewerCanEdit: Scalars['Boolean']['output'];
};


/** Something that was said about an item, or in reply to that. */
export type CommentRepliesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of comments, as Relay's connection specification has it. */
export type CommentConnection = {
  __typename?: 'CommentConnection';
  /** The comments of this page, each with its cursor. */
  edges: Array<CommentEdge>;
  /** The comments of this page without cursors, for those who need none. */
  nodes: Array<Comment>;
  /** Whether there is more, and where to go on. */
  pageInfo: PageInfo;
  /** How many there are in the whole list. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A comment and its place in the list. */
export type CommentEdge = {
  __typename?: 'CommentEdge';
  /** Given as `after` or `before`, answers with what follows this comment, or what stands before it. Opaque: its form may change. */
  cursor: Scalars['String']['output'];
  /** The comment. */
  node: Comment;
};

/** What a new item is made of. */
export type CreateItemInput = {
  /** Markdown, at most 50,000 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /**
   * 1 to 100 characters, made up by the client for this one item, as a UUID: whoever sends it again within a day gets the same
   * item. One's own keys alone count.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** 1 to 255 characters. */
  name: Scalars['String']['input'];
  /** Where it stands at first. */
  status?: ItemStatus;
  /** At most 20, each of 1 to 50 characters without commas; written in lower case, and each once. */
  tags?: Array<Scalars['String']['input']>;
  /** Who may see it at first. */
  visibility?: ItemVisibility;
};

/** The item that was created. */
export type CreateItemPayload = {
  __typename?: 'CreateItemPayload';
  /** As it stands now. */
  item: Item;
};

/** Which comment to delete. */
export type DeleteCommentInput = {
  /** Its id. */
  id: Scalars['ID']['input'];
};

/** The comment that was deleted. */
export type DeleteCommentPayload = {
  __typename?: 'DeleteCommentPayload';
  /** Its id, to be forgotten by whoever keeps a copy. */
  commentId: Scalars['ID']['output'];
};

/** Which item to delete. */
export type DeleteItemInput = {
  /** The version that is meant to be deleted; left out to delete whatever there is. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Its id. */
  id: Scalars['ID']['input'];
};

/** The item that was deleted. */
export type DeleteItemPayload = {
  __typename?: 'DeleteItemPayload';
  /** Its id, to be forgotten by whoever keeps a copy. */
  itemId: Scalars['ID']['output'];
};

/** What to say instead. */
export type EditCommentInput = {
  /** Markdown, 1 to 10,000 characters. */
  body: Scalars['String']['input'];
  /** Which comment. */
  id: Scalars['ID']['input'];
};

/** The comment whose text was changed. */
export type EditCommentPayload = {
  __typename?: 'EditCommentPayload';
  /** As it stands now. */
  comment: Comment;
};

/** Something people keep a record of, for oneself, for some others or for everybody to see. */
export type Item = Node & {
  __typename?: 'Item';
  /** What was said about it, the oldest first, replies left out: they stand under the comment they reply to. */
  comments: CommentConnection;
  /** When the item was created. */
  createdAt: Scalars['DateTime']['output'];
  /** When it was put into the trash; null for one that is not there. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Who put it into the trash: its owner or a moderator. Null for one that is not there. */
  deletedBy?: Maybe<User>;
  /** More about it in Markdown, at most 50,000 characters; null where there is nothing more to say. */
  description?: Maybe<Scalars['String']['output']>;
  /**
   * What is different between two versions, field by field; empty where nothing is. Null with `NOT_FOUND` when there was no such
   * version. For those who may edit the item.
   */
  diff?: Maybe<Array<ItemFieldChange>>;
  /** Stays the same for the life of the item. */
  id: Scalars['ID']['output'];
  /** What the item is called, 1 to 255 characters. */
  name: Scalars['String']['output'];
  /** Whose item it is. Null, with an error, while accounts cannot be reached. */
  owner?: Maybe<User>;
  /** When it is removed from the trash for good; null for one that is not there. */
  purgedAfter?: Maybe<Scalars['DateTime']['output']>;
  /** With whom it is shared, in the order in which that was done. For its owner; others get null with the code `FORBIDDEN`. */
  shares?: Maybe<Array<Share>>;
  /** Where the item stands in its life. */
  status: ItemStatus;
  /** What it is filed under: at most 20, in lower case, each once, in the order in which they were given. */
  tags: Array<Scalars['String']['output']>;
  /** When the item was last changed; the time of creation as long as it was not. */
  updatedAt: Scalars['DateTime']['output'];
  /** 1 for a new item; grows by one with each change. Given as `expectedVersion`, it keeps others' changes from being lost. */
  version: Scalars['Int']['output'];
  /** The item as it was in one version; null with `NOT_FOUND` when there was no such version. For those who may edit it. */
  versionAt?: Maybe<ItemVersion>;
  /**
   * Every state that the item was in, the newest first. For those who may edit it, since it may tell what was taken out before
   * others could see the item; others get null with the code `FORBIDDEN`.
   */
  versions?: Maybe<ItemVersionConnection>;
  /** What the reader may do with it. */
  viewerPermission: ItemPermission;
  /** Who may see it. */
  visibility: ItemVisibility;
};


/** Something people keep a record of, for oneself, for some others or for everybody to see. */
export type ItemCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** Something people keep a record of, for oneself, for some others or for everybody to see. */
export type ItemDiffArgs = {
  from: Scalars['Int']['input'];
  to: Scalars['Int']['input'];
};


/** Something people keep a record of, for oneself, for some others or for everybody to see. */
export type ItemVersionAtArgs = {
  version: Scalars['Int']['input'];
};


/** Something people keep a record of, for oneself, for some others or for everybody to see. */
export type ItemVersionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of items, as Relay's connection specification has it. */
export type ItemConnection = {
  __typename?: 'ItemConnection';
  /** The items of this page, each with its cursor. */
  edges: Array<ItemEdge>;
  /**
   * For a search: that no item holds the words, so that the list has items whose name looks alike, as after a slip of the
   * keyboard. False otherwise.
   */
  isApproximate: Scalars['Boolean']['output'];
  /** The items of this page without cursors, for those who need none. */
  nodes: Array<Item>;
  /** Whether there is more, and where to go on. */
  pageInfo: PageInfo;
  /** How many items the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** An item and its place in the list. */
export type ItemEdge = {
  __typename?: 'ItemEdge';
  /** Given as `after` or `before`, answers with what follows this item, or what stands before it. Opaque: its form may change. */
  cursor: Scalars['String']['output'];
  /** The item. */
  node: Item;
  /** Where the words of the search stand in the item; null in a list that is none of a search. */
  snippet?: Maybe<ItemSnippet>;
};

/** A field of an item that a change may concern. */
export type ItemField =
  /** The description. */
  | 'DESCRIPTION'
  /** The name. */
  | 'NAME'
  /** The status. */
  | 'STATUS'
  /** The tags. */
  | 'TAGS'
  /** The visibility. */
  | 'VISIBILITY';

/** One field that is different. */
export type ItemFieldChange = {
  __typename?: 'ItemFieldChange';
  /** Its value after, as text; null where there is none. Tags stand between commas, which no tag holds. */
  after?: Maybe<Scalars['String']['output']>;
  /** Its value before, as text; null where there was none. Tags stand between commas, which no tag holds. */
  before?: Maybe<Scalars['String']['output']>;
  /** Which field. */
  field: ItemField;
};

/** Which items a list holds: those for which everything that is given holds. */
export type ItemFilter = {
  /** Created earlier than this. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Created at this moment or later. */
  createdFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Of this person. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** In one of these; empty for any. */
  status?: InputMaybe<Array<ItemStatus>>;
  /** Filed under all of these, at most 20. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Last changed earlier than this. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last changed at this moment or later. */
  updatedFrom?: InputMaybe<Scalars['DateTime']['input']>;
  /** Seen by these. */
  visibility?: InputMaybe<ItemVisibility>;
};

/** The order of a list of items. */
export type ItemOrder =
  /** The oldest first. */
  | 'CREATED_ASC'
  /** The newest first. */
  | 'CREATED_DESC'
  /** By name from A to Z, whatever its case or accents. */
  | 'NAME_ASC'
  /** By name from Z to A, whatever its case or accents. */
  | 'NAME_DESC'
  /**
   * What fits the search best first: words in the name weigh more than in tags, and those more than in the description. Where
   * more than 2,000 items have the words, the newest first. For searches alone.
   */
  | 'RELEVANCE'
  /** The one longest unchanged first. */
  | 'UPDATED_ASC'
  /** The last changed first. */
  | 'UPDATED_DESC';

/** What a reader may do with an item. Each permits what those before it permit. */
export type ItemPermission =
  /** Comment on it. */
  | 'COMMENT'
  /** Change its name, description, status and tags, and see its versions. */
  | 'EDIT'
  /** Everything: it is the reader's own. */
  | 'OWNER'
  /** Read it, and what was said about it. */
  | 'VIEW';

/** Where the words of a search stand in an item. */
export type ItemSnippet = {
  __typename?: 'ItemSnippet';
  /** Some words of the description without its Markdown, in parts that follow each other; null where there is no description. */
  description?: Maybe<Array<TextPart>>;
  /** The whole name, in parts that follow each other. */
  name: Array<TextPart>;
};

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

/** An item as it was from one change to the next. */
export type ItemVersion = {
  __typename?: 'ItemVersion';
  /** Who made the change. Null, with an error, while accounts cannot be reached. */
  author?: Maybe<User>;
  /** What the change changed, field by field: everything for the first version that is kept. */
  changes: Array<ItemFieldChange>;
  /** When the change was made. */
  createdAt: Scalars['DateTime']['output'];
  /** The description it had. */
  description?: Maybe<Scalars['String']['output']>;
  /** What made it. */
  kind: ItemVersionKind;
  /** The name it had. */
  name: Scalars['String']['output'];
  /** The status it had. */
  status: ItemStatus;
  /** The tags it had. */
  tags: Array<Scalars['String']['output']>;
  /** Which version of the item it was. */
  version: Scalars['Int']['output'];
  /** Who could see it. */
  visibility: ItemVisibility;
};

/** A page of versions, as Relay's connection specification has it. */
export type ItemVersionConnection = {
  __typename?: 'ItemVersionConnection';
  /** The versions of this page, each with its cursor. */
  edges: Array<ItemVersionEdge>;
  /** The versions of this page without cursors, for those who need none. */
  nodes: Array<ItemVersion>;
  /** Whether there is more, and where to go on. */
  pageInfo: PageInfo;
  /** How many versions are kept. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A version and its place in the list. */
export type ItemVersionEdge = {
  __typename?: 'ItemVersionEdge';
  /** Given as `after` or `before`, answers with what follows this version, or what stands before it. Opaque: its form may change. */
  cursor: Scalars['String']['output'];
  /** The version. */
  node: ItemVersion;
};

/** What made a version. */
export type ItemVersionKind =
  /** The item came into being. */
  | 'CREATED'
  /** It was put into the trash. */
  | 'DELETED'
  /** It was taken out of the trash. */
  | 'RESTORED'
  /** It was made what it had been in an earlier version. */
  | 'REVERTED'
  /** Something about it was changed. */
  | 'UPDATED';

/** Who may see an item. */
export type ItemVisibility =
  /** Its owner, and those it is shared with: how every item starts. */
  | 'PRIVATE'
  /** Everybody, also without an account. */
  | 'PUBLIC';

export type Mutation = {
  __typename?: 'Mutation';
  /** Comments on an item, or replies to a comment. Needs `COMMENT`. */
  addComment?: Maybe<AddCommentPayload>;
  /**
   * Creates an item that belongs to the caller. Sent again with the same `idempotencyKey`, as after a connection that broke,
   * it answers with the item that the first try made; with the same key and another input it is refused with `CONFLICT`.
   */
  createItem?: Maybe<CreateItemPayload>;
  /** Deletes a comment: one's own, any under an item of one's own, and as a moderator any that one sees. Replies to it stay. */
  deleteComment?: Maybe<DeleteCommentPayload>;
  /**
   * Puts an item of the caller's into the trash, where nobody else sees it, for 30 days; after them it is removed for good.
   * Moderators do so with any item that they see, and then its owner cannot restore it.
   */
  deleteItem?: Maybe<DeleteItemPayload>;
  /** Changes the text of a comment of the caller's. */
  editComment?: Maybe<EditCommentPayload>;
  /**
   * Takes an item out of the trash, as it was. One that a moderator put there is for moderators to restore: its owner gets
   * `FORBIDDEN`.
   */
  restoreItem?: Maybe<RestoreItemPayload>;
  /**
   * Gives an item the name, description, status and tags that it had in an earlier version, as a change like any other.
   * `NOT_FOUND` when there was no such version.
   */
  revertItem?: Maybe<RevertItemPayload>;
  /** Takes a share of an item of the caller's back. `NOT_FOUND` for one that is not there. */
  revokeShare?: Maybe<RevokeSharePayload>;
  /**
   * Shares an item of the caller's with somebody, or changes what a share permits. At most 100 shares an item. Shared by
   * e-mail, it takes effect for the account that has shown to read mail at the address, at once or when there is one; the
   * answer never tells which. A username that nobody has is `BAD_USER_INPUT` for the field `username`.
   */
  shareItem?: Maybe<ShareItemPayload>;
  /**
   * Changes the given fields of an item that the caller may edit and leaves the others as they are. With an
   * `expectedVersion` that is not the current one nothing changes: `CONFLICT`, with the current one in
   * `extensions.currentVersion`. Visibility is its owner's to change.
   */
  updateItem?: Maybe<UpdateItemPayload>;
};


export type MutationAddCommentArgs = {
  input: AddCommentInput;
};


export type MutationCreateItemArgs = {
  input: CreateItemInput;
};


export type MutationDeleteCommentArgs = {
  input: DeleteCommentInput;
};


export type MutationDeleteItemArgs = {
  input: DeleteItemInput;
};


export type MutationEditCommentArgs = {
  input: EditCommentInput;
};


export type MutationRestoreItemArgs = {
  input: RestoreItemInput;
};


export type MutationRevertItemArgs = {
  input: RevertItemInput;
};


export type MutationRevokeShareArgs = {
  input: RevokeShareInput;
};


export type MutationShareItemArgs = {
  input: ShareItemInput;
};


export type MutationUpdateItemArgs = {
  input: UpdateItemInput;
};

/** What has an id of its own, by which `Query.node` finds it. Ids are UUIDs: no two things have the same. */
export type Node = {
  /** Stays the same for the life of the thing. */
  id: Scalars['ID']['output'];
};

/** Where a page stands in its list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** The cursor of the page's last item; null for an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether another item follows this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether another item stands before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the page's first item; null for an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

export type Query = {
  __typename?: 'Query';
  /**
   * An item by its id. One that does not exist, one in the trash and one that the reader may not see are answered alike:
   * null, with the code `NOT_FOUND`.
   */
  item?: Maybe<Item>;
  /**
   * Every item the reader may see: public ones, the reader's own, and those shared with the reader. A cursor is good for the
   * list it is of, with the same filter, search and order; any other is refused with `BAD_USER_INPUT`.
   */
  items: ItemConnection;
  /**
   * Whatever has this id, of the types that say so, as the reader may see it; null with the code `NOT_FOUND` where there is no
   * such thing for this reader.
   */
  node?: Maybe<Node>;
  /** The same for many ids at once, 1 to 100, in their order; null alone where there is no such thing for this reader. */
  nodes: Array<Maybe<Node>>;
};


export type QueryItemArgs = {
  id: Scalars['ID']['input'];
};


export type QueryItemsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ItemFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ItemOrder>;
  search?: InputMaybe<Scalars['String']['input']>;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};

/** Which item to restore. */
export type RestoreItemInput = {
  /** Its id. */
  id: Scalars['ID']['input'];
};

/** The item that was restored. */
export type RestoreItemPayload = {
  __typename?: 'RestoreItemPayload';
  /** As it stands now. */
  item: Item;
};

/** Which item to revert, and to what. */
export type RevertItemInput = {
  /** The version that the change is made to; left out to change whatever there is. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Its id. */
  id: Scalars['ID']['input'];
  /** The version that it is to be like. */
  toVersion: Scalars['Int']['input'];
};

/** The item that was reverted. */
export type RevertItemPayload = {
  __typename?: 'RevertItemPayload';
  /** As it stands now. */
  item: Item;
};

/** Which share to take back. */
export type RevokeShareInput = {
  /** Its id. */
  id: Scalars['ID']['input'];
};

/** The share that was taken back. */
export type RevokeSharePayload = {
  __typename?: 'RevokeSharePayload';
  /** The item that was shared. */
  item: Item;
  /** Its id, to be forgotten by whoever keeps a copy. */
  shareId: Scalars['ID']['output'];
};

/** That an item is shared with somebody. */
export type Share = {
  __typename?: 'Share';
  /** When it was first shared. */
  createdAt: Scalars['DateTime']['output'];
  /** With whom, where it was shared by e-mail: the address, in lower case. */
  email?: Maybe<Scalars['String']['output']>;
  /** Who shared it. Null, with an error, while accounts cannot be reached. */
  grantedBy?: Maybe<User>;
  /** Stays the same for the life of the share. */
  id: Scalars['ID']['output'];
  /** What it permits. */
  permission: SharePermission;
  /** When the permission was last changed. */
  updatedAt: Scalars['DateTime']['output'];
  /** With whom, where it was shared by username. Null, with an error, while accounts cannot be reached. */
  user?: Maybe<User>;
};

/** With whom to share an item. Either `username` or `email`. */
export type ShareItemInput = {
  /** An address, of an account or of somebody who has none yet. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** Which item. */
  itemId: Scalars['ID']['input'];
  /** What to permit. */
  permission: SharePermission;
  /** The name of an account, whatever its case. */
  username?: InputMaybe<Scalars['String']['input']>;
};

/** The share that was made or changed. */
export type ShareItemPayload = {
  __typename?: 'ShareItemPayload';
  /** The item that is shared. */
  item: Item;
  /** As it stands now. */
  share: Share;
};

/** What a share permits. Each permits what those before it permit. */
export type SharePermission =
  /** To comment on it. */
  | 'COMMENT'
  /** To change its name, description, status and tags, and to see its versions. */
  | 'EDIT'
  /** To read the item, and what was said about it. */
  | 'VIEW';

/** A part of a text. Plain text: whoever puts it into a page escapes it as any other. */
export type TextPart = {
  __typename?: 'TextPart';
  /** Whether it is one of the words that were searched for. */
  isMatch: Scalars['Boolean']['output'];
  /** The text, with the spaces that stand in it. */
  text: Scalars['String']['output'];
};

/** What to change about an item. A field that is left out stays as it is. */
export type UpdateItemInput = {
  /** Markdown, at most 50,000 characters; null takes the description away. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The version that the change is made to; left out to change whatever there is. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Which item. */
  id: Scalars['ID']['input'];
  /** 1 to 255 characters; cannot be null. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Cannot be null. */
  status?: InputMaybe<ItemStatus>;
  /** These and no others, at most 20, each of 1 to 50 characters without commas; cannot be null. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Cannot be null. For the item's owner alone. */
  visibility?: InputMaybe<ItemVisibility>;
};

/** The item that was changed. */
export type UpdateItemPayload = {
  __typename?: 'UpdateItemPayload';
  /** As it stands now. */
  item: Item;
};

export type User = Node & {
  __typename?: 'User';
  /**
   * What happened to this person's items and what was shared with this person, the newest first, for 90 days. For the person
   * alone; others get null with the code `FORBIDDEN`.
   */
  activity?: Maybe<ActivityConnection>;
  id: Scalars['ID']['output'];
  /** The items of this person that the reader may see. */
  items: ItemConnection;
  /** Items of others that are shared with this person. For the person alone; others get null with the code `FORBIDDEN`. */
  sharedWithMe?: Maybe<ItemConnection>;
  /**
   * Items that this person, or a moderator, has deleted, the last one first; each is removed for good 30 days later. For the
   * person alone; others get null with the code `FORBIDDEN`.
   */
  trash?: Maybe<ItemConnection>;
};


export type UserActivityArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type UserItemsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ItemFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ItemOrder>;
  search?: InputMaybe<Scalars['String']['input']>;
};


export type UserSharedWithMeArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ItemFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ItemOrder>;
  search?: InputMaybe<Scalars['String']['input']>;
};


export type UserTrashArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
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
  Activity: Activity;
  Comment: Comment;
  Item: Item;
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Activity:
    ( { __typename: 'Activity' }
    & GraphQLRecursivePick<FederationTypes['Activity'], {"id":true}> );
  Comment:
    ( { __typename: 'Comment' }
    & GraphQLRecursivePick<FederationTypes['Comment'], {"id":true}> );
  Item:
    ( { __typename: 'Item' }
    & GraphQLRecursivePick<FederationTypes['Item'], {"id":true}> );
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( ActivityRow )
    | ( CommentRow )
    | ( ItemRow )
    | ( UserKey )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Activity: ResolverTypeWrapper<ActivityRow>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  ActivityConnection: ResolverTypeWrapper<Page<ActivityRow>>;
  ActivityEdge: ResolverTypeWrapper<Edge<ActivityRow>>;
  ActivityKind: ActivityKind;
  AddCommentInput: AddCommentInput;
  AddCommentPayload: ResolverTypeWrapper<Omit<AddCommentPayload, 'comment'> & { comment: ResolversTypes['Comment'] }>;
  Comment: ResolverTypeWrapper<CommentRow>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CommentConnection: ResolverTypeWrapper<Page<CommentRow>>;
  CommentEdge: ResolverTypeWrapper<Edge<CommentRow>>;
  CreateItemInput: CreateItemInput;
  CreateItemPayload: ResolverTypeWrapper<Omit<CreateItemPayload, 'item'> & { item: ResolversTypes['Item'] }>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeleteCommentInput: DeleteCommentInput;
  DeleteCommentPayload: ResolverTypeWrapper<DeleteCommentPayload>;
  DeleteItemInput: DeleteItemInput;
  DeleteItemPayload: ResolverTypeWrapper<DeleteItemPayload>;
  EditCommentInput: EditCommentInput;
  EditCommentPayload: ResolverTypeWrapper<Omit<EditCommentPayload, 'comment'> & { comment: ResolversTypes['Comment'] }>;
  Item: ResolverTypeWrapper<ItemRow>;
  ItemConnection: ResolverTypeWrapper<ItemPage>;
  ItemEdge: ResolverTypeWrapper<ListedEdge>;
  ItemField: ItemField;
  ItemFieldChange: ResolverTypeWrapper<ItemFieldChange>;
  ItemFilter: ItemFilter;
  ItemOrder: ItemOrder;
  ItemPermission: ItemPermission;
  ItemSnippet: ResolverTypeWrapper<ItemSnippet>;
  ItemStatus: ItemStatus;
  ItemVersion: ResolverTypeWrapper<VersionRow>;
  ItemVersionConnection: ResolverTypeWrapper<Page<VersionRow>>;
  ItemVersionEdge: ResolverTypeWrapper<Edge<VersionRow>>;
  ItemVersionKind: ItemVersionKind;
  ItemVisibility: ItemVisibility;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  PageInfo: ResolverTypeWrapper<Page<unknown>>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RestoreItemInput: RestoreItemInput;
  RestoreItemPayload: ResolverTypeWrapper<Omit<RestoreItemPayload, 'item'> & { item: ResolversTypes['Item'] }>;
  RevertItemInput: RevertItemInput;
  RevertItemPayload: ResolverTypeWrapper<Omit<RevertItemPayload, 'item'> & { item: ResolversTypes['Item'] }>;
  RevokeShareInput: RevokeShareInput;
  RevokeSharePayload: ResolverTypeWrapper<Omit<RevokeSharePayload, 'item'> & { item: ResolversTypes['Item'] }>;
  Share: ResolverTypeWrapper<ShareRow>;
  ShareItemInput: ShareItemInput;
  ShareItemPayload: ResolverTypeWrapper<Omit<ShareItemPayload, 'item' | 'share'> & { item: ResolversTypes['Item'], share: ResolversTypes['Share'] }>;
  SharePermission: SharePermission;
  TextPart: ResolverTypeWrapper<TextPart>;
  UpdateItemInput: UpdateItemInput;
  UpdateItemPayload: ResolverTypeWrapper<Omit<UpdateItemPayload, 'item'> & { item: ResolversTypes['Item'] }>;
  User: ResolverTypeWrapper<UserKey>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Activity: ActivityRow;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
  ActivityConnection: Page<ActivityRow>;
  ActivityEdge: Edge<ActivityRow>;
  AddCommentInput: AddCommentInput;
  AddCommentPayload: Omit<AddCommentPayload, 'comment'> & { comment: ResolversParentTypes['Comment'] };
  Comment: CommentRow;
  Boolean: Scalars['Boolean']['output'];
  CommentConnection: Page<CommentRow>;
  CommentEdge: Edge<CommentRow>;
  CreateItemInput: CreateItemInput;
  CreateItemPayload: Omit<CreateItemPayload, 'item'> & { item: ResolversParentTypes['Item'] };
  DateTime: Scalars['DateTime']['output'];
  DeleteCommentInput: DeleteCommentInput;
  DeleteCommentPayload: DeleteCommentPayload;
  DeleteItemInput: DeleteItemInput;
  DeleteItemPayload: DeleteItemPayload;
  EditCommentInput: EditCommentInput;
  EditCommentPayload: Omit<EditCommentPayload, 'comment'> & { comment: ResolversParentTypes['Comment'] };
  Item: ItemRow;
  ItemConnection: ItemPage;
  ItemEdge: ListedEdge;
  ItemFieldChange: ItemFieldChange;
  ItemFilter: ItemFilter;
  ItemSnippet: ItemSnippet;
  ItemVersion: VersionRow;
  ItemVersionConnection: Page<VersionRow>;
  ItemVersionEdge: Edge<VersionRow>;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: Page<unknown>;
  Query: Record<PropertyKey, never>;
  RestoreItemInput: RestoreItemInput;
  RestoreItemPayload: Omit<RestoreItemPayload, 'item'> & { item: ResolversParentTypes['Item'] };
  RevertItemInput: RevertItemInput;
  RevertItemPayload: Omit<RevertItemPayload, 'item'> & { item: ResolversParentTypes['Item'] };
  RevokeShareInput: RevokeShareInput;
  RevokeSharePayload: Omit<RevokeSharePayload, 'item'> & { item: ResolversParentTypes['Item'] };
  Share: ShareRow;
  ShareItemInput: ShareItemInput;
  ShareItemPayload: Omit<ShareItemPayload, 'item' | 'share'> & { item: ResolversParentTypes['Item'], share: ResolversParentTypes['Share'] };
  TextPart: TextPart;
  UpdateItemInput: UpdateItemInput;
  UpdateItemPayload: Omit<UpdateItemPayload, 'item'> & { item: ResolversParentTypes['Item'] };
  User: UserKey;
};

export type PublicDirectiveArgs = { };

export type PublicDirectiveResolver<Result, Parent, ContextType = ItemsContext, Args = PublicDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ActivityResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Activity'] = ResolversParentTypes['Activity'], FederationReferenceType extends FederationReferenceTypes['Activity'] = FederationReferenceTypes['Activity']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Activity']> | FederationReferenceType, FederationReferenceType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  comment?: Resolver<Maybe<ResolversTypes['Comment']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  item?: Resolver<Maybe<ResolversTypes['Item']>, ParentType, ContextType>;
  itemId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  itemName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ActivityKind'], ParentType, ContextType>;
  permission?: Resolver<Maybe<ResolversTypes['SharePermission']>, ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ActivityConnectionResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ActivityConnection'] = ResolversParentTypes['ActivityConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ActivityEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Activity']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ActivityEdgeResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ActivityEdge'] = ResolversParentTypes['ActivityEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Activity'], ParentType, ContextType>;
};

export type AddCommentPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['AddCommentPayload'] = ResolversParentTypes['AddCommentPayload']> = {
  comment?: Resolver<ResolversTypes['Comment'], ParentType, ContextType>;
};

export type CommentResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Comment'] = ResolversParentTypes['Comment'], FederationReferenceType extends FederationReferenceTypes['Comment'] = FederationReferenceTypes['Comment']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Comment']> | FederationReferenceType, FederationReferenceType, ContextType>;
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  body?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deletedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  editedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  item?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
  replies?: Resolver<ResolversTypes['CommentConnection'], ParentType, ContextType, Partial<CommentRepliesArgs>>;
  replyTo?: Resolver<Maybe<ResolversTypes['Comment']>, ParentType, ContextType>;
  viewerCanDelete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  viewerCanEdit?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CommentConnectionResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['CommentConnection'] = ResolversParentTypes['CommentConnection']> = {
  edges?: Resolver<Array<ResolversTypes['CommentEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Comment']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CommentEdgeResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['CommentEdge'] = ResolversParentTypes['CommentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Comment'], ParentType, ContextType>;
};

export type CreateItemPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['CreateItemPayload'] = ResolversParentTypes['CreateItemPayload']> = {
  item?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeleteCommentPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['DeleteCommentPayload'] = ResolversParentTypes['DeleteCommentPayload']> = {
  commentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type DeleteItemPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['DeleteItemPayload'] = ResolversParentTypes['DeleteItemPayload']> = {
  itemId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type EditCommentPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['EditCommentPayload'] = ResolversParentTypes['EditCommentPayload']> = {
  comment?: Resolver<ResolversTypes['Comment'], ParentType, ContextType>;
};

export type ItemResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Item'] = ResolversParentTypes['Item'], FederationReferenceType extends FederationReferenceTypes['Item'] = FederationReferenceTypes['Item']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Item']> | FederationReferenceType, FederationReferenceType, ContextType>;
  comments?: Resolver<ResolversTypes['CommentConnection'], ParentType, ContextType, Partial<ItemCommentsArgs>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deletedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  deletedBy?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  diff?: Resolver<Maybe<Array<ResolversTypes['ItemFieldChange']>>, ParentType, ContextType, RequireFields<ItemDiffArgs, 'from' | 'to'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  purgedAfter?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  shares?: Resolver<Maybe<Array<ResolversTypes['Share']>>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ItemStatus'], ParentType, ContextType>;
  tags?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  versionAt?: Resolver<Maybe<ResolversTypes['ItemVersion']>, ParentType, ContextType, RequireFields<ItemVersionAtArgs, 'version'>>;
  versions?: Resolver<Maybe<ResolversTypes['ItemVersionConnection']>, ParentType, ContextType, Partial<ItemVersionsArgs>>;
  viewerPermission?: Resolver<ResolversTypes['ItemPermission'], ParentType, ContextType>;
  visibility?: Resolver<ResolversTypes['ItemVisibility'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ItemConnectionResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ItemConnection'] = ResolversParentTypes['ItemConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ItemEdge']>, ParentType, ContextType>;
  isApproximate?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Item']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ItemEdgeResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ItemEdge'] = ResolversParentTypes['ItemEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
  snippet?: Resolver<Maybe<ResolversTypes['ItemSnippet']>, ParentType, ContextType>;
};

export type ItemFieldChangeResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ItemFieldChange'] = ResolversParentTypes['ItemFieldChange']> = {
  after?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  before?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  field?: Resolver<ResolversTypes['ItemField'], ParentType, ContextType>;
};

export type ItemSnippetResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ItemSnippet'] = ResolversParentTypes['ItemSnippet']> = {
  description?: Resolver<Maybe<Array<ResolversTypes['TextPart']>>, ParentType, ContextType>;
  name?: Resolver<Array<ResolversTypes['TextPart']>, ParentType, ContextType>;
};

export type ItemVersionResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ItemVersion'] = ResolversParentTypes['ItemVersion']> = {
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  changes?: Resolver<Array<ResolversTypes['ItemFieldChange']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ItemVersionKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ItemStatus'], ParentType, ContextType>;
  tags?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  visibility?: Resolver<ResolversTypes['ItemVisibility'], ParentType, ContextType>;
};

export type ItemVersionConnectionResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ItemVersionConnection'] = ResolversParentTypes['ItemVersionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ItemVersionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['ItemVersion']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ItemVersionEdgeResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ItemVersionEdge'] = ResolversParentTypes['ItemVersionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ItemVersion'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  addComment?: Resolver<Maybe<ResolversTypes['AddCommentPayload']>, ParentType, ContextType, RequireFields<MutationAddCommentArgs, 'input'>>;
  createItem?: Resolver<Maybe<ResolversTypes['CreateItemPayload']>, ParentType, ContextType, RequireFields<MutationCreateItemArgs, 'input'>>;
  deleteComment?: Resolver<Maybe<ResolversTypes['DeleteCommentPayload']>, ParentType, ContextType, RequireFields<MutationDeleteCommentArgs, 'input'>>;
  deleteItem?: Resolver<Maybe<ResolversTypes['DeleteItemPayload']>, ParentType, ContextType, RequireFields<MutationDeleteItemArgs, 'input'>>;
  editComment?: Resolver<Maybe<ResolversTypes['EditCommentPayload']>, ParentType, ContextType, RequireFields<MutationEditCommentArgs, 'input'>>;
  restoreItem?: Resolver<Maybe<ResolversTypes['RestoreItemPayload']>, ParentType, ContextType, RequireFields<MutationRestoreItemArgs, 'input'>>;
  revertItem?: Resolver<Maybe<ResolversTypes['RevertItemPayload']>, ParentType, ContextType, RequireFields<MutationRevertItemArgs, 'input'>>;
  revokeShare?: Resolver<Maybe<ResolversTypes['RevokeSharePayload']>, ParentType, ContextType, RequireFields<MutationRevokeShareArgs, 'input'>>;
  shareItem?: Resolver<Maybe<ResolversTypes['ShareItemPayload']>, ParentType, ContextType, RequireFields<MutationShareItemArgs, 'input'>>;
  updateItem?: Resolver<Maybe<ResolversTypes['UpdateItemPayload']>, ParentType, ContextType, RequireFields<MutationUpdateItemArgs, 'input'>>;
};

export type NodeResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Activity' | 'Comment' | 'Item' | 'User', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  item?: Resolver<Maybe<ResolversTypes['Item']>, ParentType, ContextType, RequireFields<QueryItemArgs, 'id'>>;
  items?: Resolver<ResolversTypes['ItemConnection'], ParentType, ContextType, Partial<QueryItemsArgs>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Array<Maybe<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
};

export type RestoreItemPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['RestoreItemPayload'] = ResolversParentTypes['RestoreItemPayload']> = {
  item?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
};

export type RevertItemPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['RevertItemPayload'] = ResolversParentTypes['RevertItemPayload']> = {
  item?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
};

export type RevokeSharePayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['RevokeSharePayload'] = ResolversParentTypes['RevokeSharePayload']> = {
  item?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
  shareId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ShareResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['Share'] = ResolversParentTypes['Share']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  grantedBy?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  permission?: Resolver<ResolversTypes['SharePermission'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type ShareItemPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['ShareItemPayload'] = ResolversParentTypes['ShareItemPayload']> = {
  item?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
  share?: Resolver<ResolversTypes['Share'], ParentType, ContextType>;
};

export type TextPartResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['TextPart'] = ResolversParentTypes['TextPart']> = {
  isMatch?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type UpdateItemPayloadResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['UpdateItemPayload'] = ResolversParentTypes['UpdateItemPayload']> = {
  item?: Resolver<ResolversTypes['Item'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = ItemsContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  activity?: Resolver<Maybe<ResolversTypes['ActivityConnection']>, ParentType, ContextType, Partial<UserActivityArgs>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  items?: Resolver<ResolversTypes['ItemConnection'], ParentType, ContextType, Partial<UserItemsArgs>>;
  sharedWithMe?: Resolver<Maybe<ResolversTypes['ItemConnection']>, ParentType, ContextType, Partial<UserSharedWithMeArgs>>;
  trash?: Resolver<Maybe<ResolversTypes['ItemConnection']>, ParentType, ContextType, Partial<UserTrashArgs>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type Resolvers<ContextType = ItemsContext> = {
  Activity?: ActivityResolvers<ContextType>;
  ActivityConnection?: ActivityConnectionResolvers<ContextType>;
  ActivityEdge?: ActivityEdgeResolvers<ContextType>;
  AddCommentPayload?: AddCommentPayloadResolvers<ContextType>;
  Comment?: CommentResolvers<ContextType>;
  CommentConnection?: CommentConnectionResolvers<ContextType>;
  CommentEdge?: CommentEdgeResolvers<ContextType>;
  CreateItemPayload?: CreateItemPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeleteCommentPayload?: DeleteCommentPayloadResolvers<ContextType>;
  DeleteItemPayload?: DeleteItemPayloadResolvers<ContextType>;
  EditCommentPayload?: EditCommentPayloadResolvers<ContextType>;
  Item?: ItemResolvers<ContextType>;
  ItemConnection?: ItemConnectionResolvers<ContextType>;
  ItemEdge?: ItemEdgeResolvers<ContextType>;
  ItemFieldChange?: ItemFieldChangeResolvers<ContextType>;
  ItemSnippet?: ItemSnippetResolvers<ContextType>;
  ItemVersion?: ItemVersionResolvers<ContextType>;
  ItemVersionConnection?: ItemVersionConnectionResolvers<ContextType>;
  ItemVersionEdge?: ItemVersionEdgeResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RestoreItemPayload?: RestoreItemPayloadResolvers<ContextType>;
  RevertItemPayload?: RevertItemPayloadResolvers<ContextType>;
  RevokeSharePayload?: RevokeSharePayloadResolvers<ContextType>;
  Share?: ShareResolvers<ContextType>;
  ShareItemPayload?: ShareItemPayloadResolvers<ContextType>;
  TextPart?: TextPartResolvers<ContextType>;
  UpdateItemPayload?: UpdateItemPayloadResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = ItemsContext> = {
  public?: PublicDirectiveResolver<any, any, ContextType>;
};
