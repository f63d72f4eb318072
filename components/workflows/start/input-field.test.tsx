// @vitest-environment jsdom
import { useState } from "react";
import { expect, test } from "vitest";
import { render } from "@/testing/render";
import { WorkflowInputField } from "./input-field";
import { listFields, toInputs } from "./input-form";

const TEXT = "select 1\r\nfrom t\n\twhere x = 'é'";

test("line breaks in a variable survive editing and are sent", async () => {
  const fields = listFields([{ name: "query", default: TEXT }]);
  const [field] = fields;
  if (!field) throw new Error("There is no field");
  let text = field.initial;
  function Form() {
    const [value, setValue] = useState(text);
    text = value;
    return field ? (
      <WorkflowInputField
        field={field}
        text={value}
        touched
        autoFocus={false}
        onChange={setValue}
      />
    ) : null;
  }
  const { user, getByRole } = render(<Form />);
  await user.type(getByRole("textbox"), "{Enter}limit 5");
  expect(text.split(/\r?\n/)).toHaveLength(4);
  expect(text.endsWith("\nlimit 5")).toBe(true);
  expect(JSON.parse(toInputs(fields, { query: text }))).toEqual({ query: text });
});
