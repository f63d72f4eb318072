import { parseTemplate } from "../../language/template.ts";
import { Place } from "../fields.ts";
import { joinPath, type Problem } from "../problem.ts";
import { checkTemplateField, listTemplateFields } from "../template-fields.ts";
import type { Operator } from "../workflow.ts";

/** Reports templates and expressions of an operator that cannot be parsed and would fail it when it runs. */
export function checkTemplates(operator: Operator, path: string, problems: Problem[]): void {
  for (const field of listTemplateFields(operator)) {
    const place = new Place(field.keys.reduce<string>(joinPath, path), problems);
    const mistake = checkTemplateField(field);
    if (mistake === undefined) {
      if (field.kind === "template" && parseTemplate(field.text).isUnclosed)
        place.warn(
          "unclosed_template",
          "has a template without an end, which stays as text",
          "close it with }}, or write {{{{ for {{ and $${ for ${ as text",
        );
    } else if (field.kind === "expression")
      place.error(
        "bad_expression",
        mistake,
        'such as "{{ order.total }} > 100 and not order.paid"',
      );
    else
      place.error(
        "bad_template",
        mistake,
        "such as {{ order.id }}; as text write {{{{ for {{ and $${ for ${",
      );
  }
}
