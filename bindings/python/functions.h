// A function of coffer/c.h as one of Python: Wrap makes it by the types of the parameters. The GIL is released around the call.
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

// How a coffer_string goes out: as text, or as the values that its JSON stands for.
enum class Form { kText, kValues };

PyObject* ValuesOf(coffer_string* string);

template <Form kForm, typename Part>
void AddTold(Part& part, std::vector<Owned>& told) {
  if constexpr (kForm == Form::kValues && std::is_same_v<Part, Parameter<coffer_string**>>) {
    told.emplace_back(ValuesOf(part.value));
  } else if constexpr (requires { Part::kIsOut; }) {
    told.emplace_back(part.Told());
  }
}

// None, the one value, or a tuple of them.
PyObject* Answer(std::vector<Owned> told);

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
  std::vector<Owned> told;
  std::apply([&](auto&... part) { (AddTold<kForm>(*part, told), ...); }, parts);
  return Answer(std::move(told));
}

// An accessor.
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
