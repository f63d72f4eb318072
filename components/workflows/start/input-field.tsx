import { Field, Input, Textarea } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { fieldProblem, type InputField, takenAs } from "./input-form";

/** One input of a workflow, asked for as its default suggests. */
export function WorkflowInputField({
  field,
  text,
  touched,
  autoFocus,
  onChange,
}: {
  field: InputField;
  text: string;
  /** Whether to complain that it is missing. */
  touched: boolean;
  autoFocus: boolean;
  onChange: (text: string) => void;
}) {
  const { name, kind, isRequired, initial } = field;
  const problem = touched || text !== "" ? fieldProblem(field, text) : null;
  const label = (
    <span className="mono break-all">
      {name}
      {isRequired && (
        <span className="font-sans text-failed" title="Needed">
          {" "}
          *<span className="sr-only">needed</span>
        </span>
      )}
    </span>
  );
  const hint = kind === "any" ? takenAs(text) : text === initial ? "Default" : undefined;
  return (
    <Field label={label} error={problem} hint={hint}>
      {(ids) => {
        const common = {
          ...ids,
          ...(autoFocus && { "data-autofocus": true }),
          required: isRequired,
          value: text,
          spellCheck: false,
          autoComplete: "off",
          className: "mono",
        };
        if (kind === "switch")
          return (
            <Select
              {...ids}
              className="w-full *:h-11 wide:*:h-8"
              options={["true", "false"].map((value) => ({ value, label: value }))}
              value={text}
              onChange={({ target }) => onChange(target.value)}
            />
          );
        if (kind === "json")
          return (
            <Textarea
              {...common}
              rows={Math.min(8, Math.max(2, text.split("\n").length))}
              className="mono leading-[18px]"
              onChange={({ target }) => onChange(target.value)}
            />
          );
        return (
          <Input
            {...common}
            inputMode={kind === "number" ? "decimal" : "text"}
            onChange={({ target }) => onChange(target.value)}
          />
        );
      }}
    </Field>
  );
}
