// Wrap turns a function of coffer/c.h into a Python function, by the types of its parameters. The GIL is released during the
// call.
#pragma once

#include <coffer/c.h>

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "errors.h"
#include "gil.h"
#include "options.h"
#include "owned.h"
#include "parameters.h"
#include "values.h"

namespace coffer_python {

// How a coffer_string is returned: as text, or as the Python values of its JSON.
enum class Form { kText, kValues };

PyObject* ValuesOf(coffer_string* string);

template <Form kForm, typename Part>
void AddResult(Part& part, std::vector<Owned>& results) {
  if constexpr (kForm == Form::kValues && std::is_same_v<Part, Parameter<coffer_string**>>) {
    results.emplace_back(ValuesOf(part.value));
  } else if constexpr (requires { Part::kIsOut; }) {
    results.emplace_back(part.Result());
  }
}

// None for no result, the result itself for one, a tuple for several.
PyObject* ReturnValue(std::vector<Owned> results);

// A function that can fail.
template <Form kForm, typename... Types>
PyObject* CallWith(coffer_status (*function)(Types...), Words& words) {
  std::tuple<std::unique_ptr<Parameter<Types>>...> parts{std::make_unique<Parameter<Types>>(words)...};
  coffer_status status = COFFER_OK;
  {
    const WithoutGil released;
    status = std::apply([&](auto&... part) { return function(part->get()...); }, parts);
  }
  if (status != COFFER_OK) RaiseFailure(status, std::get<std::unique_ptr<Parameter<coffer_error**>>>(parts)->value);
  std::vector<Owned> results;
  std::apply([&](auto&... part) { (AddResult<kForm>(*part, results), ...); }, parts);
  return ReturnValue(std::move(results));
}

// An accessor, which cannot fail.
template <Form kForm, typename Result, typename... Types>
PyObject* CallWith(Result (*function)(Types...), Words& words) {
  std::tuple<std::unique_ptr<Parameter<Types>>...> parts{std::make_unique<Parameter<Types>>(words)...};
  return std::apply([&](auto&... part) { return ToPython(function(part->get()...)); }, parts);
}

template <auto kFunction, Form kForm = Form::kText>
PyObject* Wrap(PyObject*, PyObject* arguments) {
  return Guarded([&] {
    Words words(arguments);
    return CallWith<kForm>(kFunction, words);
  });
}

template <void (*kWork)(Words&)>
PyObject* Do(PyObject*, PyObject* arguments) {
  return Guarded([&] {
    Words words(arguments);
    kWork(words);
    return Py_NewRef(Py_None);
  });
}

}  // namespace coffer_python
