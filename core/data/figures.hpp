// The figures and textures of `shapes`, as signed distances: negative inside, in the figure's own units (it fits the unit circle).
#pragma once

namespace graft::core {

struct Point {
  float x = 0, y = 0;
};

inline constexpr int kFigures = 8, kTextures = 8;

float figure_distance(int figure, Point p);    // figure in 0 .. kFigures - 1
float texture_distance(int texture, Point p);  // inside: the second colour; texture in 0 .. kTextures - 1

float segment_distance(Point p, Point a, Point b);  // unsigned, to the line between a and b

}  // namespace graft::core
