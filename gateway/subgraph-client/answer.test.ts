import { expect, it } from 'vitest'
import { readAnswer } from './answer.ts'

it.each([
  '{"data":{"a":1}}',
  '{"data":null}',
  '{"data":{"a":null},"errors":[{"message":"no","path":["a",0],"extensions":{"code":"NOT_FOUND"}}]}',
  '{"errors":[{"message":"no"}]}',
  '{"data":{},"errors":[],"extensions":{"t":1}}',
  '{"data":{},"errors":null}',
])('takes %s for an answer', (text) => {
  expect(readAnswer(text)).toEqual(JSON.parse(text))
})

it.each([
  '',
  '<html>',
  '{"data":{"a"',
  'null',
  '42',
  '"ok"',
  '[{"data":{}}]',
  '{}',
  '{"ok":true}',
  '{"data":"x"}',
  '{"data":[]}',
  '{"errors":[]}',
  '{"errors":null}',
  '{"errors":{"message":"no"}}',
  '{"data":{},"errors":[null]}',
  '{"data":{},"errors":["no"]}',
  '{"data":{},"errors":[{"message":1}]}',
  '{"data":{},"errors":[{"message":"no","path":"a"}]}',
  '{"data":{},"errors":[{"message":"no","path":[{}]}]}',
  '{"data":{},"errors":[{"message":"no","extensions":"x"}]}',
])('does not take %j for one', (text) => {
  expect(() => readAnswer(text)).toThrow()
})
