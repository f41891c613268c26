// Reads code off the main path and answers what is a keyword, a string, and so on. Languages are loaded when first seen.
import { LanguageDescription } from '@codemirror/language';
import { languages } from '@codemirror/language-data';
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import type { SyntaxKind, SyntaxReply, SyntaxRequest } from './syntax';

const kinds: [SyntaxKind, Parameters<typeof tagHighlighter>[0][number]['tag']][] = [
  ['comment', tags.comment],
  ['string', [tags.string, tags.regexp, tags.special(tags.string), tags.attributeValue, tags.inserted]],
  ['number', [tags.number, tags.bool, tags.null, tags.atom, tags.literal, tags.color, tags.unit, tags.escape]],
  ['keyword', [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self, tags.processingInstruction, tags.deleted]],
  ['type', [tags.typeName, tags.className, tags.namespace, tags.tagName, tags.standard(tags.name)]],
  [
    'name',
    [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.definition(tags.variableName),
      tags.definition(tags.propertyName),
      tags.propertyName,
      tags.attributeName,
      tags.macroName,
      tags.labelName,
      tags.heading,
      tags.link,
    ],
  ],
];
const highlighter = tagHighlighter(kinds.map(([kind, tag]) => ({ tag, class: kind })));

async function spans({ code, language }: SyntaxRequest): Promise<SyntaxReply['spans']> {
  const known =
    LanguageDescription.matchLanguageName(languages, language, false) ??
    LanguageDescription.matchFilename(languages, `x.${language}`);
  if (!known) return null;
  const { language: loaded } = await known.load();
  const out: NonNullable<SyntaxReply['spans']> = [];
  highlightTree(loaded.parser.parse(code), highlighter, (from, to, kind) =>
    out.push([from, to, kind.split(' ')[0] as SyntaxKind]),
  );
  return out;
}

addEventListener('message', (event: MessageEvent<SyntaxRequest>) => {
  const { id } = event.data;
  void spans(event.data)
    .catch(() => null)
    .then((found) => postMessage({ id, spans: found } satisfies SyntaxReply));
});
