"use client";
import { useState } from "react";
import { Field, Input } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { toPeriod, UNITS, type Unit } from "./period";

/** A period as a number and a unit. `onChange` receives `NaN` for invalid input. */
export function PeriodField({
  label,
  hint,
  seconds,
  onChange,
}: {
  label: string;
  hint?: string;
  seconds: number;
  onChange: (seconds: number) => void;
}) {
  const [given] = useState(() => toPeriod(seconds));
  const [text, setText] = useState(String(given.amount));
  const [unit, setUnit] = useState<Unit>(given.unit);
  function change(nextText: string, nextUnit: Unit) {
    setText(nextText);
    setUnit(nextUnit);
    const amount = nextText.trim() === "" ? Number.NaN : Number(nextText);
    onChange(amount >= 0 ? Math.round(amount * UNITS[nextUnit]) : Number.NaN);
  }
  return (
    <Field
      label={label}
      hint={hint}
      error={Number.isNaN(seconds) ? "Must be zero or more" : undefined}
    >
      {(ids) => (
        <span className="flex gap-2">
          <Input
            {...ids}
            inputMode="decimal"
            autoComplete="off"
            className="max-w-28"
            value={text}
            onChange={({ target }) => change(target.value, unit)}
          />
          <Select
            aria-label={`${label}, unit`}
            value={unit}
            options={(Object.keys(UNITS) as Unit[]).map((value) => ({ value, label: value }))}
            onChange={({ target }) => change(text, target.value as Unit)}
          />
        </span>
      )}
    </Field>
  );
}
