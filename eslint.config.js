// What a reviewer would otherwise have to say each time. Layout is Prettier's matter, and who may import whom is
// platform/boundaries.test.ts. JavaScript, because ESLint needs one more package to read settings in TypeScript.
import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const tests = [
  '**/*.{test,e2e,deployed,soak,memtest,contract}.ts',
  '**/testing/**/*.ts',
  'e2e/**/*.ts',
  'bench/**/*.{ts,mjs}',
]
const settingsOfTools = ['*.config.{ts,js}', 'codegen.ts', 'web-vue/vite.config.ts']
const scriptsOfPages = ['gateway/playground/*.js', 'web-vue/public/*.js']
/** In JavaScript, because what they import is installed for the bench alone: TypeScript would not find it. */
const serversOfPeers = ['bench/peers/*/*.mjs']

// A setting is read by a function of platform/config.ts, which gets the environment where a process begins. Setting a
// variable for a library, and handing the whole on to another process, read no setting.
const readingTheEnvironment = {
  selector: [
    'MemberExpression[object.name="process"][property.name="env"]',
    ':not(IfStatement[test.object.type="MetaProperty"][test.property.name="main"] *)',
    ':not(AssignmentExpression > .left > .object)',
    ':not(SpreadElement > *)',
  ].join(''),
  message: 'Only `if (import.meta.main)` hands the environment on; everything else is given values.',
}
const defaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export it under a name, so that everybody calls it the same.',
}

export default defineConfig(
  globalIgnores(['.data/', 'coverage/', 'web-vue/dist/', '**/*.generated.ts', '**/generated/', 'web-vue/src/gql/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.recommended,
  vue.configs['flat/essential'],

  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-imports': ['error', 'process', 'node:process'], // a global: the rule below would not see it
      'no-restricted-syntax': ['error', readingTheEnvironment, defaultExport],
      'object-shorthand': 'error',
    },
  },

  {
    files: ['**/*.{ts,vue}'],
    languageOptions: {
      parserOptions: {
        parser: tseslint.parser,
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      'no-undef': 'off', // TypeScript knows which globals there are
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      // Listeners may be async: they catch what they throw.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },

  {
    files: ['**/*.vue'],
    rules: {
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-template-shadow': 'error',
      'vue/no-v-html': 'error',
      'vue/require-explicit-emits': 'error',
    },
  },

  { files: ['platform/log.ts'], rules: { 'no-console': 'off' } },
  { files: ['platform/config.ts', ...tests], rules: { 'no-restricted-syntax': ['error', defaultExport] } },
  { files: settingsOfTools, rules: { 'no-restricted-syntax': 'off' } },
  { files: tests, rules: { '@typescript-eslint/no-explicit-any': 'off' } },
  { files: serversOfPeers, languageOptions: { globals: { process: 'readonly' } } },
  { files: scriptsOfPages, rules: { 'no-undef': 'off' } }, // they run in a browser
)
