// splitmix64 over a hash of the key, and distributions of our own, so that a draw is the same with every standard library.
#include "core/base/random.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace graft::core {

namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;
constexpr double kTwoPi = 6.283185307179586476925286766559;

std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed, Purpose purpose, std::initializer_list<std::uint64_t> key) : state_(mixed(seed + kGolden)) {
  const auto add = [this](std::uint64_t word) { state_ = mixed((state_ ^ mixed(word + kGolden)) + kGolden); };
  add(static_cast<std::uint64_t>(purpose));
  for (const auto word : key) add(word);
  add(key.size());
}

std::uint64_t Random::next() { return mixed(state_ += kGolden); }

// Lemire's method: the high half of a 128-bit product; the few values that would favour some results are drawn again.
std::uint64_t Random::below(std::uint64_t bound) {
  if (bound == 0) throw std::logic_error("Random::below(0)");
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t favoured = (0 - bound) % bound;
  for (;;) {
    const Wide product = static_cast<Wide>(next()) * bound;
    if (static_cast<std::uint64_t>(product) >= favoured) return static_cast<std::uint64_t>(product >> 64);
  }
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

// Box and Muller's first value only: nothing is kept between two draws.
double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(kTwoPi * uniform());
}

// Marsaglia and Tsang's method; below 1 by way of shape + 1.
double Random::gamma(double shape) {
  if (!(shape > 0)) throw std::logic_error("Random::gamma needs a shape above 0");
  if (shape < 1) {
    const double larger = gamma(shape + 1);
    return larger * std::pow(1.0 - uniform(), 1.0 / shape);
  }
  const double d = shape - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal(), root = 1.0 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(1.0 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t sum = mixed(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
    sum = (std::rotl(sum, 5) ^ word) * kGolden;
  }
  return mixed(sum);
}

std::uint64_t hash(std::string_view text) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const unsigned char byte : text) sum = (sum ^ byte) * 0x100000001b3;
  return mixed(sum + kGolden);
}

}  // namespace graft::core
