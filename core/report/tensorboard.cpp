// Records of TensorFlow's event files, each a message of event.proto in protobuf's wire format: a handful of fields, spelled here.
#include "core/report/tensorboard.hpp"

#include <unistd.h>

#include <bit>
#include <boost/crc.hpp>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

#include "core/base/error.hpp"

namespace graft::core {

namespace {

// Little-endian, as both formats are.
template <class Number>
std::string bytes_of(Number number) {
  static_assert(std::endian::native == std::endian::little);
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += char(number | 0x80);
  return bytes + char(number);
}

enum Wire { kVarint = 0, kDouble = 1, kBytes = 2, kFloat = 5 };

std::string key(int field, Wire wire) { return varint(std::uint64_t(field) << 3 | wire); }
std::string number_field(int field, std::uint64_t number) { return key(field, kVarint) + varint(number); }
std::string bytes_field(int field, const std::string& bytes) { return key(field, kBytes) + varint(bytes.size()) + bytes; }

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

// Event: wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7.
std::string event(std::int64_t step, const std::string& what) {
  return key(1, kDouble) + bytes_of(now()) + number_field(2, std::uint64_t(step)) + what;
}

// Summary: value = 1; Summary.Value: tag = 1, simple_value = 2.
std::string value_of(const std::string& tag, double number) {
  if (!std::isfinite(number)) return "";
  return bytes_field(1, bytes_field(1, tag) + key(2, kFloat) + bytes_of(float(number)));
}

std::string summary_of(const RoundRecord& record) {
  auto values = value_of("train/loss", record.train_loss) + value_of("traffic/up", record.upload_bytes) +
                value_of("traffic/down", record.download_bytes) + value_of("seconds/train", record.train_s) +
                value_of("seconds/evaluate", record.evaluate_s) + value_of("seconds/merge", record.merge_s);
  if (record.scores.empty()) return values;
  const auto spread = spread_of(record.scores), validation = validation_spread_of(record.scores);
  return values + value_of("accuracy/mean", spread.mean) + value_of("accuracy/std", spread.std) +
         value_of("accuracy/weighted_mean", spread.weighted_mean) + value_of("accuracy/worst_10", spread.worst_10) +
         value_of("loss", spread.loss) + value_of("validation/accuracy", validation.mean) +
         value_of("validation/loss", validation.loss);
}

// CRC-32C, turned and shifted, so that a checksum of data with checksums in it is none of theirs.
std::uint32_t masked_sum(const std::string& bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> sum;
  sum.process_bytes(bytes.data(), bytes.size());
  const auto value = std::uint32_t(sum.checksum());
  return std::rotr(value, 15) + 0xa282ead8U;
}

}  // namespace

void TensorboardFile::begin() {
  path_ = folder_ / ("events.out.tfevents." + std::to_string(std::int64_t(now())) + "." + std::to_string(getpid()) + ".graft");
  file_.open(path_, std::ios::binary);
  write(event(0, bytes_field(3, "brain.Event:2")));
  write(event(rounds_done_ + 1, bytes_field(7, number_field(1, 1))));  // SessionLog: status = 1, START
}

void TensorboardFile::add(const RoundRecord& record) {
  if (!file_.is_open()) begin();
  write(event(record.round, bytes_field(5, summary_of(record))));
}

void TensorboardFile::write(const std::string& event) {
  const auto length = bytes_of(std::uint64_t(event.size()));
  file_ << length << bytes_of(masked_sum(length)) << event << bytes_of(masked_sum(event)) << std::flush;
  if (!file_) throw Error(Exit::failed, "cannot write '" + path_.string() + "': " + std::strerror(errno));
}

}  // namespace graft::core
