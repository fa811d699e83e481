// Numbers as doubles read back, empty cells where there are none.
#include "core/rounds/clients_csv.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "core/base/text.hpp"
#include "core/data/domains.hpp"
#include "core/data/labels.hpp"

namespace graft::core {

namespace {

std::string class_name(const Dataset& data, std::int64_t label) {
  const auto at = static_cast<std::size_t>(label);
  return at < data.class_names.size() ? data.class_names[at] : std::to_string(label);
}

// The shortest text that reads back to the same double.
std::string number(double value) {
  char text[32];
  const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;
  return {std::begin(text), end};
}

double class_accuracy(const Score& score) {
  double sum = 0;
  for (const auto& of : score.classes) sum += double(of.right) / double(of.test_samples);
  return sum / double(score.classes.size());
}

void add_classes(std::ostream& line, const Score& score, std::int64_t classes) {
  auto of = score.classes.begin();
  for (std::int64_t label = 0; label < classes; ++label) {
    const bool tested = of != score.classes.end() && of->label == label;
    line << ',' << (tested ? of->test_samples : 0) << ',';
    if (tested) line << number(double(of->right) / double(of->test_samples));
    if (tested) ++of;
  }
}

}  // namespace

std::string clients_csv(const std::vector<Score>& scores, const Federation& federation) {
  const auto& data = federation.data;
  const auto classes = federation.model.vit.shape().classes;
  const auto labels = labels_of(data);
  const auto domains = client_domains(data, federation.split);
  std::ostringstream csv;
  csv << "client,domain,train_samples,test_samples,accuracy,loss,class_accuracy,validation_samples,validation_accuracy,"
         "train_classes,label_entropy";
  for (std::int64_t label = 0; label < classes; ++label) {
    const auto name = class_name(data, label);
    csv << ',' << csv_cell("test:" + name) << ',' << csv_cell("accuracy:" + name);
  }
  csv << '\n';
  for (const auto& score : scores) {
    const auto& samples = federation.split[score.client];
    const auto counts = label_counts(labels, samples.train, classes);
    csv << score.client << ',' << csv_cell(domains[std::size_t(score.client)]) << ',' << samples.train.size() << ','
        << score.test_samples;
    if (score.test_samples > 0)
      csv << ',' << number(score.accuracy) << ',' << number(score.loss) << ',' << number(class_accuracy(score));
    if (score.test_samples == 0) csv << ",,,";
    csv << ',' << score.validation_samples << ',' << (score.validation_samples > 0 ? number(score.validation_accuracy) : "");
    csv << ',' << std::count_if(counts.begin(), counts.end(), [](auto count) { return count > 0; }) << ','
        << number(label_entropy(counts));
    add_classes(csv, score, classes);
    csv << '\n';
  }
  return csv.str();
}

}  // namespace graft::core
